// A long list of which only the rows around those in sight exist.
//
// The model may have 100,000 rows; a window of them stands in the page. It grows at the
// end towards which one scrolls and lets go at the other, and whatever changes, the row
// that is being read keeps its place to the pixel: rows are measured, never guessed.
// While the end is in sight, the list stays at the end.

import { eachFrame } from "./dom.js";

// So many rows are added at once.
const STEP = 30;
// A window of more rows lets go of what is far out of sight.
const MOST = 160;
// Rows are added while less than so many heights of the view lie beyond its edge,
const AHEAD = 1.5;
// and let go of where more than so many do.
const BEYOND = 4;
// Within so many pixels of the end, the end is in sight.
const NEAR_END = 24;

export class List {
  #nodes = new Map();
  #from = 0;
  #to = 0;
  #stick = true;
  #first = 0;
  #last = 0;
  #target = null;
  #moved = 0;

  /**
   * `model` has length, row(index), key(index), indexOf(key); `build(row)` makes a row's
   * element, `sign(row)` says in a string what it shows; `onView` hears what is in sight.
   */
  constructor(scroller, content, { build, sign, onView }) {
    Object.assign(this, { scroller, content, build, sign, onView, model: null });
    this.changed = eachFrame(() => this.render());
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => {
      if (this.#stick) this.#toEnd();
      this.changed();
    }).observe(scroller);
  }

  /** Shows another model, at a place: {end: true}, {key, align} or {key, offset}. */
  show(model, place) {
    this.model = model;
    this.#nodes.clear();
    this.content.replaceChildren();
    this.#from = this.#to = 0;
    this.go(place);
  }

  /** Goes to a place. */
  go(place) {
    this.#stick = place.end === true;
    this.#target = place;
    this.render();
  }

  /** The element of a row, if it stands in the page. */
  node(key) {
    return this.#nodes.get(key)?.node;
  }

  /** Builds every row anew, as when all texts changed. */
  rebuild() {
    for (const each of this.#nodes.values()) each.sign = null;
    this.render();
  }

  /** Where one reads: {end: true}, or the first row in sight and how far below the edge it begins. */
  place() {
    if (this.#stick) return { end: true };
    const anchor = this.#anchor();
    return anchor ? { key: anchor.key, offset: anchor.top } : { end: true };
  }

  /** Brings the page up to date with the model. */
  render() {
    if (!this.model || this.scroller.clientHeight === 0) return;
    const anchor = this.#target ? null : this.#anchor();
    const { length } = this.model;
    if (this.#target) this.#around(this.#target, length);
    else this.#follow(length);
    this.#sync();
    if (this.#target) this.#arrive();
    else if (this.#stick) this.#toEnd();
    else if (anchor) this.#restore(anchor);
    this.#fill();
    this.#tell();
  }

  // The window for a place that one goes to.
  #around(target, length) {
    const index = target.end ? length - 1 : this.model.indexOf(target.key);
    this.#from = Math.max(0, index - STEP);
    this.#to = Math.min(length, index + STEP);
  }

  // The window after the model changed: the same rows, and what came at an end in sight.
  #follow(length) {
    const from = this.model.indexOf(this.#first);
    // The row of what is older stays while the window still begins at the beginning.
    this.#from = from === 1 ? 0 : Math.min(from, length - 1);
    this.#to = this.#stick ? length : Math.min(length, this.model.indexOf(this.#last) + 1);
    if (this.#stick && this.#to - this.#from > MOST) this.#from = this.#to - MOST;
  }

  #sync() {
    const wanted = new Map();
    for (let index = this.#from; index < this.#to; index++) {
      const row = this.model.row(index);
      wanted.set(row.key, this.#nodeOf(row));
    }
    let next = this.content.firstChild;
    for (const { node } of wanted.values()) {
      if (node === next) next = next.nextSibling;
      else this.content.insertBefore(node, next);
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
    this.#nodes = wanted;
    const keys = [...wanted.keys()];
    // The row of what is older would keep the window at its beginning: the next one leads.
    this.#first = keys[0] === 0 && keys.length > 1 ? keys[1] : keys[0];
    this.#last = keys.at(-1);
  }

  #nodeOf(row) {
    const known = this.#nodes.get(row.key);
    const sign = this.sign(row);
    if (known?.sign === sign) return known;
    const node = this.build(row);
    if (known) {
      const focused = known.node.contains(document.activeElement) ? document.activeElement : null;
      known.node.replaceWith(node);
      if (focused) (node.querySelector(`[data-focus="${CSS.escape(focused.dataset.focus ?? "")}"]`) ?? node).focus();
    }
    return { node, sign };
  }

  // The first row in sight that is a line of the model, and where it begins.
  #anchor() {
    const top = this.scroller.scrollTop;
    for (const [key, { node }] of this.#nodes) {
      if (key !== 0 && node.offsetTop + node.offsetHeight > top) return { key, top: node.offsetTop - top };
    }
    return null;
  }

  #restore({ key, top }) {
    const node = this.node(key) ?? this.node(this.model.key(Math.min(this.model.indexOf(key), this.model.length - 1)));
    if (!node) return;
    const wanted = node.offsetTop - top;
    if (Math.abs(this.scroller.scrollTop - wanted) >= 0.5) this.#scrollTo(wanted);
  }

  #arrive() {
    const target = this.#target;
    this.#target = null;
    if (target.end) return this.#toEnd();
    const node = this.node(this.model.key(Math.min(this.model.indexOf(target.key), this.model.length - 1)));
    if (!node) return;
    const below = target.offset ?? Math.max(0, this.scroller.clientHeight - node.offsetHeight) * (target.align ?? 0.3);
    // What stands above it must be there before it can be scrolled to.
    this.#grow(node.offsetTop - below);
    this.#scrollTo(node.offsetTop - below);
    this.#stick = this.#atEnd();
  }

  #grow(top) {
    for (let n = 0; top < 0 && this.#from > 0 && n < 8; n++) {
      this.#from = Math.max(0, this.#from - STEP);
      const before = this.content.scrollHeight;
      this.#sync();
      top += this.content.scrollHeight - before;
    }
  }

  // Adds rows where the view comes near the window's edge, and lets go of those far away.
  #fill() {
    const height = this.scroller.clientHeight;
    for (let n = 0; n < 16; n++) {
      const anchor = this.#anchor();
      const above = this.scroller.scrollTop;
      const below = this.scroller.scrollHeight - above - height;
      const { length } = this.model;
      let changed = false;
      if (above < height * AHEAD && this.#from > 0) {
        this.#from = Math.max(0, this.#from - STEP);
        changed = true;
      }
      if (below < height * AHEAD && this.#to < length) {
        this.#to = Math.min(length, this.#to + STEP);
        changed = true;
      }
      if (!changed && this.#to - this.#from > MOST) changed = this.#trim(above, below, height);
      if (!changed) return;
      this.#sync();
      if (this.#stick) this.#toEnd();
      else if (anchor) this.#restore(anchor);
    }
  }

  #trim(above, below, height) {
    const rows = this.#to - this.#from;
    if (above > height * BEYOND && above >= below) this.#from += Math.min(STEP, rows - MOST);
    else if (below > height * BEYOND) this.#to -= Math.min(STEP, rows - MOST);
    else return false;
    return true;
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return this.#to === this.model.length && scrollHeight - scrollTop - clientHeight <= NEAR_END;
  }

  #toEnd() {
    this.#scrollTo(this.scroller.scrollHeight);
  }

  // The page's own scrolling is told apart from the reader's by where it ends.
  #scrollTo(top) {
    this.scroller.scrollTop = top;
    this.#moved = this.scroller.scrollTop;
  }

  #scrolled() {
    if (!this.model) return;
    if (Math.abs(this.scroller.scrollTop - this.#moved) > 1) this.#stick = this.#atEnd() && this.model.atNow;
    this.#moved = this.scroller.scrollTop;
    this.filled ??= eachFrame(() => {
      if (!this.model) return;
      this.#fill();
      this.#tell();
    });
    this.filled();
  }

  // Says what is in sight.
  #tell() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    let last = 0;
    for (const [key, { node }] of this.#nodes) {
      if (node.offsetTop + node.offsetHeight > scrollTop + clientHeight + 4) break;
      last = key;
    }
    this.onView({
      nearStart: this.#from === 0 && scrollTop < clientHeight * AHEAD,
      nearEnd: this.#to === this.model.length && scrollHeight - scrollTop - clientHeight < clientHeight * AHEAD,
      atEnd: this.#atEnd(),
      far: scrollHeight - scrollTop - clientHeight > clientHeight || this.#to < this.model.length,
      last,
    });
  }
}
