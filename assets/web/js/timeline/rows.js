// The rows of a timeline, and what stands before each: days, groups, the divider.
//
// A row's key rises from row to row and names it for ever: 0 for what is older, the
// seq of a line, numbers above every seq for what is on its way, END for what is newer.

// A group is one author within so many milliseconds.
const GROUP = 5 * 60 * 1000;
const PENDING = 2 ** 52;
const END = Number.MAX_SAFE_INTEGER;

export class Rows {
  /** How many rows there are. */
  get length() {
    return 1 + this.entries.length + this.pending.length + (this.atNow ? 0 : 1);
  }

  /** Whether there is nothing but what an empty room shows. */
  get empty() {
    return this.entries.length === 0 && this.pending.length === 0 && this.before === "end";
  }

  /** The key of the row at an index. */
  key(index) {
    if (index === 0) return 0;
    const entry = this.entries[index - 1];
    if (entry) return entry.seq;
    const pending = this.pending[index - 1 - this.entries.length];
    return pending ? PENDING + pending.number : END;
  }

  /** The index of the first row whose key is not below. */
  indexOf(key) {
    if (key <= 0) return 0;
    if (key < PENDING) return 1 + this.place(key);
    let index = 1 + this.entries.length;
    while (index < this.length && this.key(index) < key) index += 1;
    return index;
  }

  /**
   * The row at an index: `{key, kind, day, divider, head, entry?, pending?, edge?}`
   * with kind start, message, system, pending or tail.
   */
  row(index) {
    const plain = { key: this.key(index), day: null, divider: false, head: false };
    if (index === 0) return { ...plain, kind: "start", edge: this.before };
    const at = index - 1;
    if (at < this.entries.length) return { ...plain, ...this.#entryRow(at) };
    const number = at - this.entries.length;
    if (number < this.pending.length) return { ...plain, ...this.#pendingRow(number) };
    return { ...plain, kind: "tail", edge: this.after };
  }

  #entryRow(at) {
    const entry = this.entries[at];
    const before = this.entries[at - 1];
    const divider = this.dividerAt() === at;
    // Before the first line stands what is not loaded: its day is not known to begin here.
    const begins = before ? dayOf(before.time) !== dayOf(entry.time) : this.before === "end";
    const joins =
      before?.kind === "message" &&
      entry.kind === "message" &&
      entry.replyTo === null &&
      before.from === entry.from &&
      Math.abs(entry.time - before.time) <= GROUP;
    return { kind: entry.kind, entry, divider, day: begins ? entry.time : null, head: !joins || begins || divider };
  }

  #pendingRow(number) {
    const pending = this.pending[number];
    const before = this.pending[number - 1];
    const last = this.entries.at(-1);
    const time = before?.written ?? last?.time;
    const mine = before !== undefined || (last?.kind === "message" && last.from === this.me);
    const near = time !== undefined && Math.abs(pending.written - time) <= GROUP;
    const begins = time !== undefined && time < pending.written && dayOf(time) !== dayOf(pending.written);
    const head = !(mine && near) || begins || Boolean(pending.replyTo);
    return { kind: "pending", pending, day: begins ? pending.written : null, head };
  }

  /** The index in `entries` before which the unread divider stands, or -1. */
  dividerAt() {
    if (this.readMark === null) return -1;
    const from = this.place(this.readMark + 1);
    if (from === 0 && this.before !== "end") return -1;
    for (let at = from; at < this.entries.length; at++) {
      const entry = this.entries[at];
      if (entry.kind === "message" && entry.from !== this.me) return at;
    }
    return -1;
  }

  /** The seq of the last own message, which alone shows that it is kept. */
  lastKept() {
    // Behind one's own failed message, "kept" would be read as its state.
    if (this.pending.some((each) => each.state === "failed")) return null;
    return this.lastOwn()?.seq ?? null;
  }

  /** The key of the message above or below a row, for the keyboard. */
  neighbour(key, back) {
    const step = back ? -1 : 1;
    let index = key === null ? this.length : this.indexOf(key);
    for (index += step; index > 0 && index < this.length; index += step) {
      const row = this.row(index);
      if (row.kind === "pending" || (row.kind === "message" && !row.entry.deleted)) return row.key;
    }
    return null;
  }
}

/** The day on which an instant lies where the reader is, as one number. */
export function dayOf(time) {
  const date = new Date(time);
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}
