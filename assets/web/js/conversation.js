// The talk of the room in front: opened at a place, paged, read, jumped about in.

import { Emitter } from "./emitter.js";

// How many messages are asked for at once.
const PAGE = 60;
// What one has read is told at most so often, in milliseconds.
const READ_EVERY = 700;
// The place one reads at is kept at most so often.
const PLACE_EVERY = 400;
// A gap is one number beyond this, which no seq is: rows of what is on its way.
const PENDING = 2 ** 52;

export class Conversation extends Emitter {
  view = { atEnd: true, far: false, last: 0, nearStart: false, nearEnd: false };
  #places = new Map();
  #timers = {};
  #asking = new Map();

  /** Topics: `opened` (room), `view`, `failed` (text's id, refusal). */
  constructor({ account, connection, store, list }) {
    super();
    Object.assign(this, { account, connection, store, list });
    account.seesEnd = (room) => room === account.front && this.view.atEnd && watched();
    account.on("timeline", (room) => room === account.front && this.list.changed());
    account.on("stale", (room) => this.#stale(room));
    account.on("left", (room) => this.#left(room));
    account.on("unknown", (room) => this.#count(room));
    for (const event of ["focus", "visibilitychange"]) addEventListener(event, () => this.#readSoon());
    addEventListener("pagehide", () => this.keepPlace());
  }

  /** The room in front, or undefined. */
  get room() {
    return this.account.rooms.get(this.account.front);
  }

  /** The messages of the room in front. */
  get timeline() {
    return this.account.timeline(this.account.front);
  }

  /** Brings a room to the front, where it was left, or at what is unread. */
  open(name, kept = null) {
    const room = this.account.rooms.get(name);
    if (!room) return;
    this.#leave();
    this.account.front = name;
    const { timeline } = this;
    timeline.readMark = room.unread > 0 || room.last_seq > room.read_seq ? room.read_seq : null;
    timeline.marked = null;
    this.emit("opened", name);
    const place = kept ?? this.#places.get(name) ?? { end: true };
    this.list.show(timeline, timeline.entries.length > 0 ? this.#begin(room, place) : { end: true });
    if (timeline.entries.length === 0) this.#load(room, place);
    this.keepPlace();
  }

  // Where an opened room begins: at what is unread, else where it was left.
  #begin(room, place) {
    const at = room.unread > 0 ? this.timeline.dividerAt() : -1;
    if (at >= 0) return { key: this.timeline.entries[at].seq, align: 0.2 };
    return place;
  }

  #leave() {
    if (!this.account.front || !this.room) return;
    this.#places.set(this.account.front, this.list.place());
    this.timeline.readMark = null;
    this.timeline.shrink();
  }

  async #load(room, place) {
    const { timeline } = this;
    timeline.before = "asked";
    const unread = room.unread > 0 || (room.last_seq > room.read_seq && place.end);
    const seq = !place.end && place.key < PENDING ? place.key : unread ? room.read_seq : null;
    if (seq === null) return this.#ask(["newest"]);
    try {
      await this.#around(room.room, seq);
    } catch {
      timeline.failed("older");
    }
    if (this.timeline !== timeline) return;
    this.list.go(place.end ? this.#begin(room, place) : place);
    this.#seen(this.view);
  }

  async #around(room, seq) {
    const timeline = this.account.timeline(room);
    const ask = (side) => this.connection.request({ type: "history", room, limit: PAGE, ...side });
    const [back, forth] = await Promise.all([ask({ before: seq + 1 }), ask({ after: seq })]);
    timeline.around(back, forth);
  }

  /** The list says what is in sight. */
  saw(view) {
    const moved = view.atEnd !== this.view.atEnd || view.far !== this.view.far;
    this.view = view;
    this.#seen(view);
    if (moved) this.emit("view");
  }

  #seen(view) {
    if (!this.room) return;
    const { timeline } = this;
    if (view.atEnd && timeline.atNow && timeline.missed > 0) {
      timeline.missed = 0;
      this.emit("view");
    }
    if (this.connection.online) {
      const wants = timeline.wants(view);
      if (wants) this.#ask(wants);
    }
    this.#readSoon();
    this.#soon("place", PLACE_EVERY, () => this.keepPlace());
  }

  #soon(name, wait, act) {
    this.#timers[name] ??= setTimeout(() => {
      delete this.#timers[name];
      act();
    }, wait);
  }

  async #ask([which, seq]) {
    const room = this.account.front;
    const timeline = this.account.timeline(room);
    const side = { older: { before: seq }, newer: { after: seq } }[which] ?? {};
    try {
      const page = await this.connection.request({ type: "history", room, limit: PAGE, ...side });
      timeline[which](...(which === "newest" ? [page] : [seq, page]));
    } catch {
      timeline.failed(which);
    }
    if (this.account.front === room) this.list.changed();
    this.emit("view");
  }

  /** Asks again for what did not come. */
  again() {
    this.timeline.askAgain();
    this.list.changed();
  }

  /** Shows a message, wherever in the room it stands. */
  async jump(seq) {
    const { timeline } = this;
    if (!timeline.entry(seq)) {
      try {
        await this.#around(this.account.front, seq);
      } catch (refusal) {
        this.emit("failed", ["jump-failed", refusal]);
        return;
      }
      if (this.timeline !== timeline) return;
      if (!timeline.entry(seq)) {
        this.emit("failed", ["jump-nothing"]);
        this.list.changed();
        return;
      }
    }
    timeline.marked = seq;
    this.list.go({ key: seq, align: 0.3 });
    this.list.node(seq)?.querySelector(".msg")?.focus({ preventScroll: true });
  }

  /** Goes to the newest message. */
  toNow() {
    const { timeline } = this;
    timeline.marked = null;
    timeline.missed = 0;
    if (timeline.atNow) {
      this.list.go({ end: true });
    } else {
      timeline.forget();
      this.list.show(timeline, { end: true });
      timeline.before = "asked";
      this.#ask(["newest"]);
    }
    this.emit("view");
  }

  /** What one writes ends the divider, and is seen being sent. */
  wrote() {
    this.timeline.readMark = null;
    this.toNow();
  }

  #readSoon() {
    this.#soon("read", READ_EVERY, () => this.#read());
  }

  #read() {
    const { room, view } = this;
    if (!room || !watched() || !this.connection.online) return;
    const seq = view.atEnd && this.timeline.atNow ? room.last_seq : Math.min(view.last, room.last_seq);
    if (seq <= room.read_seq || seq >= PENDING || this.timeline.entries.length === 0) return;
    this.account.read(room.room, seq);
    this.connection.request({ type: "read", room: room.room, seq }).catch(() => {
      // The mark only moves forward: the next one makes up for it.
    });
  }

  /** Keeps the place that a reload comes back to: a room and a message's number, nothing said there. */
  keepPlace() {
    if (!this.room) return;
    const place = this.list.place();
    this.store.set("place", { room: this.account.front, ...(place.key >= PENDING ? { end: true } : place) });
  }

  // What was loaded is stale: it is fetched anew, and shown where one read.
  async #stale(name) {
    const timeline = this.account.timeline(name);
    const place = name === this.account.front ? this.list.place() : { end: true };
    if (name !== this.account.front || place.end || place.key >= PENDING) {
      timeline.forget();
      if (name === this.account.front) this.list.show(timeline, { end: true });
      return;
    }
    try {
      await this.#around(name, place.key);
    } catch {
      timeline.forget();
    }
    if (this.timeline === timeline) this.list.changed();
  }

  #left(name) {
    this.#places.delete(name);
    this.store.delete(`draft:${name}`);
    if (name !== this.account.front) return;
    this.account.front = null;
    const next = this.account.firstRoom();
    if (next) this.open(next);
  }

  // How many are unread is counted once the session tells how far one has read.
  #count(room) {
    if (room.last_seq <= room.read_seq) {
      Object.assign(room, { unread: 0, unreadMore: false });
      return;
    }
    if (this.#asking.has(room.room)) return;
    this.#asking.set(room.room, true);
    const ask = { type: "history", room: room.room, after: room.read_seq, limit: 100 };
    this.#queue = this.#queue
      .then(() => this.connection.request(ask))
      .then((page) => {
        const now = this.account.rooms.get(room.room);
        if (now) this.account.counted(now, page.messages, page.more);
      })
      .catch(() => {
        // It is counted again with the next session.
      })
      .finally(() => this.#asking.delete(room.room));
  }

  // One room is counted after the other, so that a thousand rooms ask for no flood.
  #queue = Promise.resolve();
}

/** Whether the reader looks at the page. */
export function watched() {
  return !document.hidden && document.hasFocus();
}
