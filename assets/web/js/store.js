// What the browser keeps: the place one reads at, drafts, what is not sent yet,
// how the page looks. Never a secret, and of messages only one's own unsent ones.
//
// Each thing has a key of its own, by user, so that two tabs never overwrite each
// other's. Where the browser keeps nothing (private windows, a full disk), memory serves.

const PREFIX = "parlor";

export class Store {
  #memory = new Map();
  #over = false;

  /** What is kept of one user; `area` is a Storage, by default the browser's. */
  constructor(username, area = globalThis.localStorage) {
    this.prefix = `${PREFIX}:${username}:`;
    this.area = area;
  }

  /** The value of a key, or undefined. */
  get(key) {
    const name = this.prefix + key;
    if (this.#memory.has(name)) return this.#memory.get(name);
    try {
      const text = this.area.getItem(name);
      return text === null ? undefined : JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  /** Keeps a value; says whether it outlives the page. */
  set(key, value) {
    const name = this.prefix + key;
    if (this.#over) return false;
    try {
      this.area.setItem(name, JSON.stringify(value));
      this.#memory.delete(name);
      return true;
    } catch {
      this.#memory.set(name, value);
      return false;
    }
  }

  /** Forgets a key. */
  delete(key) {
    const name = this.prefix + key;
    this.#memory.delete(name);
    try {
      this.area.removeItem(name);
    } catch {
      // What cannot be kept need not be forgotten.
    }
  }

  /** Every key that begins so, without the user's part. */
  keys(start) {
    const found = new Set();
    const note = (name) => name.startsWith(this.prefix + start) && found.add(name.slice(this.prefix.length));
    try {
      for (let at = 0; at < this.area.length; at++) note(this.area.key(at));
    } catch {
      // Memory has the rest.
    }
    for (const name of this.#memory.keys()) note(name);
    return [...found];
  }

  /** Forgets everything of this user, for good, as when they sign out on a borrowed machine. */
  clear() {
    this.#over = true;
    for (const key of this.keys("")) this.delete(key);
  }
}
