// Files on their way up: a few at a time, paused, gone on with, taken back.
//
// The address of each unfinished upload is kept with the file's fingerprint, so that
// after a reload the same file, chosen again, goes on from where it stopped.
//
// Topics: `changed` (TRANSFER), `done` (TRANSFER with its FILE), `gone` (TRANSFER).
// TRANSFER {key, room, name, size, done, speed, state, file?, url?, why?} with state:
// waiting, running, paused, broken (choose it again or try again), refused, done.

import { Emitter } from "./emitter.js";
import { create, offset, send, terminate } from "./tus.js";

const KEY = "up:";
// So many go at once: more would only share the line.
const AT_ONCE = 2;
// A broken one tries again by itself so often, with growing waits.
const TRIES = 6;
const AGAIN_IN = 1_000;
const AGAIN_AT_MOST = 15_000;
// A speed is measured over so many milliseconds.
const MEASURED = 4_000;
// An unfinished upload is forgotten after a day: the server lets it go.
const KEPT_FOR = 24 * 60 * 60 * 1000;

/** What tells a file again after a reload: not its content, which would have to be read whole. */
export function fingerprint(file, room) {
  return [file.name, file.size, file.lastModified, file.type, room].join("|");
}

export class Transfers extends Emitter {
  all = new Map();
  #controllers = new Map();

  /** `online()` says whether the server can be reached, `most` is the largest file in bytes, `owner` names this page. */
  constructor({ store, online, most, owner = "" }) {
    super();
    Object.assign(this, { store, online, most, owner });
  }

  /** Takes in what earlier pages left unfinished; `lives(owner)` says which are open still. */
  load(lives = () => false) {
    for (const key of this.store.keys(KEY)) {
      const kept = this.store.get(key);
      if (lives(kept?.owner)) continue;
      if (!kept || Date.now() - kept.at > KEPT_FOR) this.store.delete(key);
      else this.#put({ ...kept, key: kept.key, state: "broken", speed: 0, again: true });
    }
  }

  /** Begins to upload a file, or goes on with it. */
  add(file, room) {
    const mark = fingerprint(file, room);
    const known = [...this.all.values()].find((each) => each.mark === mark && each.state === "broken");
    const transfer = known ?? { key: crypto.randomUUID(), mark, room, name: file.name, size: file.size, done: 0, at: Date.now() };
    Object.assign(transfer, { source: file, mime: file.type, state: "waiting", speed: 0, tries: 0, again: false, why: undefined });
    if (file.size > this.most()) Object.assign(transfer, { state: "refused", why: { status: 413 } });
    this.#put(transfer);
    this.#run();
    return transfer;
  }

  /** Holds one back. */
  pause(key) {
    const transfer = this.all.get(key);
    if (!transfer || !["running", "waiting"].includes(transfer.state)) return;
    this.#put(Object.assign(transfer, { state: "paused", speed: 0 }));
    this.#controllers.get(key)?.abort();
  }

  /** Lets one go on. */
  resume(key) {
    const transfer = this.all.get(key);
    if (!transfer?.source || !["paused", "broken", "refused"].includes(transfer.state)) return;
    this.#put(Object.assign(transfer, { state: "waiting", tries: 0, why: undefined }));
    this.#run();
  }

  /** Takes one back: what the server has of it goes too. A finished one stays there. */
  cancel(key) {
    const transfer = this.all.get(key);
    if (!transfer) return;
    const finished = transfer.state === "done";
    transfer.state = "gone";
    this.#controllers.get(key)?.abort();
    if (transfer.url && !finished) terminate(transfer.url);
    this.forget(key);
    this.#run();
  }

  /** Lets go of one that is done with. */
  forget(key) {
    const transfer = this.all.get(key);
    this.all.delete(key);
    this.store.delete(KEY + key);
    if (transfer) this.emit("gone", transfer);
  }

  /** The server is back: what broke goes on. */
  flush() {
    for (const transfer of this.all.values()) {
      if (transfer.state === "broken" && transfer.source) Object.assign(transfer, { state: "waiting", tries: 0 });
    }
    this.#run();
  }

  /** Those that run or wait. */
  get running() {
    return [...this.all.values()].filter((each) => ["running", "waiting"].includes(each.state));
  }

  #put(transfer) {
    this.all.set(transfer.key, transfer);
    this.emit("changed", transfer);
  }

  #keep(transfer) {
    const { key, mark, room, name, size, done, at, url, mime } = transfer;
    this.store.set(KEY + key, { key, mark, room, name, size, done, at, url, mime, owner: this.owner });
  }

  #run() {
    const free = AT_ONCE - this.#controllers.size;
    const waiting = [...this.all.values()].filter((each) => each.state === "waiting" && !this.#controllers.has(each.key));
    for (const transfer of waiting.slice(0, Math.max(0, free))) this.#upload(transfer);
  }

  async #upload(transfer) {
    const controller = new AbortController();
    this.#controllers.set(transfer.key, controller);
    this.#put(Object.assign(transfer, { state: "running" }));
    try {
      await this.#pass(transfer, controller.signal);
      const id = transfer.url.split("/").at(-1);
      const file = { id, name: transfer.name, size: transfer.size, mime: transfer.mime, room: transfer.room };
      Object.assign(transfer, { state: "done", done: transfer.size, speed: 0, file });
      this.store.delete(KEY + transfer.key);
      this.#put(transfer);
      this.emit("done", transfer);
    } catch (error) {
      this.#stopped(transfer, error);
    }
    this.#controllers.delete(transfer.key);
    this.#run();
  }

  async #pass(transfer, signal) {
    const { source, room } = transfer;
    let from = transfer.url ? await offset(transfer.url, signal) : null;
    if (from === null) {
      transfer.url = await create(source, room, signal);
      from = 0;
    }
    this.#keep(transfer);
    const marks = [];
    const onProgress = (done) => {
      transfer.done = done;
      transfer.speed = speed(marks, done);
      this.#put(transfer);
    };
    if (from === source.size && source.size > 0) return;
    await send(source, transfer.url, from, { signal, onProgress });
  }

  #stopped(transfer, error) {
    if (transfer.state === "gone" || transfer.state === "paused") return;
    if (error.name === "AbortError") return;
    const passes = error.passes ?? false;
    Object.assign(transfer, { state: passes ? "broken" : "refused", speed: 0, why: { status: error.status ?? 0, message: error.message } });
    if (!passes) {
      this.store.delete(KEY + transfer.key);
    } else {
      this.#keep(transfer);
      if (transfer.tries < TRIES) this.#again(transfer);
    }
    this.#put(transfer);
  }

  #again(transfer) {
    const wait = Math.min(AGAIN_AT_MOST, AGAIN_IN * 2 ** transfer.tries);
    transfer.tries += 1;
    setTimeout(() => {
      if (transfer.state !== "broken" || !this.online()) return;
      this.#put(Object.assign(transfer, { state: "waiting" }));
      this.#run();
    }, wait);
  }
}

// Bytes a second over the last while.
function speed(marks, done) {
  const now = performance.now();
  marks.push([now, done]);
  while (marks.length > 2 && now - marks[0][0] > MEASURED) marks.shift();
  const [[began, from]] = marks;
  return now - began < 200 ? 0 : ((done - from) / (now - began)) * 1000;
}
