// Says that something changed, to whoever listens.

export class Emitter {
  #listeners = new Map();

  /** Calls `listener` at each `topic`; the answer ends that. */
  on(topic, listener) {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells the listeners of a topic, in the order in which they came. */
  emit(topic, detail) {
    for (const listener of this.#listeners.get(topic) ?? []) listener(detail);
  }
}
