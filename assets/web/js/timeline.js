// The messages of one room, as far as they are loaded, in the order of the log.
//
// What is loaded is one run without a hole. At its ends, `before` and `after` say
// whether there is more and how asking for it goes: end, more, asked, failed. After
// a jump far back the run ends before the newest: what arrives then is only counted,
// until the reader comes back to now. This is app/src/model/timeline.rs.

import { amend, eventEntry, messageEntry } from "./timeline/entry.js";
import { Rows } from "./timeline/rows.js";

// A room in the background keeps at most so many lines; the rest is fetched again.
const KEPT_IN_BACKGROUND = 400;

export class Timeline extends Rows {
  entries = [];
  pending = [];
  before = "more";
  after = "end";
  readMark = null;
  missed = 0;
  marked = null;
  #numbered = 0;

  constructor(me) {
    super();
    this.me = me;
  }

  /** Whether the newest message is loaded. */
  get atNow() {
    return this.after === "end";
  }

  /** The place in `entries` of the first that is not before `seq`. */
  place(seq) {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The line of this seq, if it is loaded. */
  entry(seq) {
    const found = this.entries[this.place(seq)];
    return found?.seq === seq ? found : undefined;
  }

  /** Takes in a log event. `seen` says whether the end is in sight. */
  apply(line, seen) {
    const entry = eventEntry(line);
    if (!entry) {
      const target = line.target && this.entry(line.target);
      if (target) amend(target, line, this.me);
      return;
    }
    this.#arrived(entry);
    const counts = entry.kind === "message" && entry.from !== this.me;
    if (entry.seq <= (this.entries.at(-1)?.seq ?? 0)) {
      const at = this.place(entry.seq);
      if (this.entries[at].seq === entry.seq) this.entries[at] = entry;
      return;
    }
    if (this.atNow) this.entries.push(entry);
    if (counts && !(this.atNow && seen)) this.missed += 1;
  }

  // A message of one's own arrived: it is on its way no more.
  #arrived(entry) {
    if (entry.kind === "message" && entry.from === this.me) {
      this.pending = this.pending.filter((each) => each.nonce !== entry.nonce);
    }
  }

  /** Takes in the newest page. What arrived while it was on its way stands behind it. */
  newest({ messages, more }) {
    const page = messages.map(messageEntry);
    const last = page.at(-1)?.seq ?? 0;
    const first = page[0]?.seq ?? Infinity;
    const older = this.atNow && this.entries.some((entry) => entry.seq >= first) ? this.entries : [];
    const kept = this.entries.filter((entry) => (this.atNow && entry.seq > last) || entry.kind === "system");
    const before = older.filter((entry) => entry.seq < first);
    this.entries = merged(before, page, kept.filter((entry) => entry.seq >= first));
    if (before.length === 0) this.before = more ? "more" : "end";
    this.after = "end";
    page.forEach((entry) => this.#arrived(entry));
  }

  /** Takes in the page that ends before `seq`. */
  older(seq, { messages, more }) {
    if (this.entries[0]?.seq !== seq) return;
    this.before = more ? "more" : "end";
    this.entries = messages.map(messageEntry).concat(this.entries);
  }

  /** Takes in the page that begins after `seq`. */
  newer(seq, { messages, more }) {
    if (this.entries.at(-1)?.seq !== seq || this.atNow) return;
    this.after = more ? "more" : "end";
    const page = messages.map(messageEntry);
    page.forEach((entry) => this.#arrived(entry));
    this.entries = this.entries.concat(page);
  }

  /** Takes in what stands around a message: the page up to it, and the one after it. */
  around(back, forth) {
    const page = back.messages.concat(forth.messages).map(messageEntry);
    const last = page.at(-1)?.seq ?? 0;
    const later = this.atNow && !forth.more ? this.entries.filter((entry) => entry.seq > last) : [];
    this.entries = page.concat(later);
    this.before = back.more ? "more" : "end";
    this.after = forth.more ? "more" : "end";
    page.forEach((entry) => this.#arrived(entry));
  }

  /** Everything is stale: it is fetched anew before it is shown. */
  forget() {
    Object.assign(this, { entries: [], before: "more", after: "end", readMark: null, missed: 0 });
  }

  /** The page to ask for now, as [which, seq], if the reader comes near an end; it counts as asked for. */
  wants({ nearStart, nearEnd }) {
    if (this.entries.length === 0) {
      if (this.before !== "more") return null;
      this.before = "asked";
      return ["newest"];
    }
    if (nearStart && this.before === "more") {
      this.before = "asked";
      return ["older", this.entries[0].seq];
    }
    if (nearEnd && this.after === "more") {
      this.after = "asked";
      return ["newer", this.entries.at(-1).seq];
    }
    return null;
  }

  /** A page did not come. */
  failed(which) {
    if (which === "newer") this.after = "failed";
    else this.before = "failed";
  }

  /** What did not come may be asked for again. */
  askAgain() {
    for (const edge of ["before", "after"]) {
      if (["failed", "asked"].includes(this[edge])) this[edge] = "more";
    }
  }

  /** Takes in how one's own message is going. */
  putOutgoing(outgoing) {
    const at = this.pending.findIndex((each) => each.nonce === outgoing.nonce);
    if (at >= 0) {
      this.pending[at] = { ...outgoing, number: this.pending[at].number };
    } else {
      this.#numbered += 1;
      this.pending.push({ ...outgoing, number: this.#numbered });
    }
  }

  /** One's own message was kept under `seq`, or (without it) taken back. */
  dropOutgoing(nonce, seq) {
    // Until its event is here it stays in sight, as sent.
    if (seq !== undefined && this.atNow && !this.entry(seq)) return;
    this.pending = this.pending.filter((each) => each.nonce !== nonce);
  }

  /** Lets go of what is far from the end of a room in the background. */
  shrink() {
    if (!this.atNow || this.entries.length <= KEPT_IN_BACKGROUND) return;
    this.entries = this.entries.slice(-KEPT_IN_BACKGROUND);
    this.before = "more";
  }

  /** The newest message of one's own that can be edited. */
  lastOwn() {
    return this.entries.findLast((entry) => entry.kind === "message" && entry.from === this.me && !entry.deleted);
  }
}

// Runs of entries in the order of the log, each seq once, the later run's first.
function merged(...runs) {
  const bySeq = new Map();
  for (const entry of runs.flat()) bySeq.set(entry.seq, entry);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}
