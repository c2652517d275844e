// The pill over the end of the talk: how many are new, or the way back to now.

import { h, icon } from "./dom.js";
import { tr } from "./locale.js";

export class Pill {
  constructor(element, talk) {
    Object.assign(this, { element, talk });
    this.words = h("span");
    element.append(icon("arrow-down", 16), this.words);
    element.addEventListener("click", () => talk.toNow());
  }

  /** Shows it while the end is more than a screen away. */
  render() {
    if (!this.talk.room) return;
    const { timeline, view } = this.talk;
    const count = timeline.missed;
    const away = !timeline.atNow || view.far;
    this.element.hidden = !away && (count === 0 || view.atEnd);
    if (this.element.hidden) return;
    const back = !timeline.atNow || timeline.marked !== null;
    if (count === 0) this.words.textContent = tr("pill-now");
    else this.words.textContent = tr(back ? "pill-now-new" : "pill-new", { count });
  }
}
