// What is written and not yet kept by the server: sent in order, each message once.
//
// A message gets its nonce when it is written, and is in the store before it is sent,
// so that a reload or a broken line loses none. Over every retry the nonce stays, and
// the server stores it once. Each room is a lane of its own, in which one message at a
// time is on its way: one that is to be tried again is never passed by a later one, and one
// that failed steps aside until its user decides.
//
// Topics: `outgoing` (OUTGOING as it now stands), `gone` ({room, nonce, seq?}).
// OUTGOING {nonce, room, text, reply_to?, files:[FILE], transfers:[key], written, state, why?}
// with state: uploading, waiting, sending, failed.

import { Emitter } from "./emitter.js";

const KEY = "out:";
// What may wait at once, over all rooms: what a browser keeps is bounded (5 MB).
const MOST = 200;
// Refusals that pass by themselves, and how long to wait where the server does not say.
const PASSES = new Set(["rate_limited", "storage_unavailable", "internal", "timed_out"]);
const AGAIN_IN = 3_000;
const AGAIN_AT_MOST = 30_000;

export class Outbox extends Emitter {
  #entries = new Map();
  #busy = new Set();
  #timers = new Map();

  /** `send(line)` resolves to `sent` or rejects; `online()` says whether it may be called; `owner` names this page. */
  constructor({ store, send, online, owner = "" }) {
    super();
    Object.assign(this, { store, send, online, owner });
  }

  /** Takes in what the store has kept from earlier pages; `lives(owner)` says which are open still and send their own. */
  load(lives = () => false) {
    const kept = this.store.keys(KEY).map((key) => this.store.get(key)).filter((entry) => entry && !lives(entry.owner));
    kept.sort((a, b) => a.written - b.written);
    for (const entry of kept) {
      entry.owner = this.owner;
      if (entry.state !== "failed" && entry.state !== "uploading") entry.state = "waiting";
      this.#entries.set(entry.nonce, entry);
      // The next page that opens sees whose it is now.
      this.store.set(KEY + entry.nonce, entry);
    }
    return kept;
  }

  /** How many wait to be sent. */
  get waiting() {
    return [...this.#entries.values()].filter((entry) => entry.state !== "failed").length;
  }

  /** Whether no more can be taken. */
  get full() {
    return this.#entries.size >= MOST;
  }

  /** Takes a message. Says whether it outlives the page. */
  add({ room, text, replyTo = null, files = [], transfers = [] }) {
    const entry = { nonce: newNonce(), room, text, replyTo, files, transfers, written: Date.now(), owner: this.owner };
    entry.state = transfers.length > 0 ? "uploading" : "waiting";
    this.#entries.set(entry.nonce, entry);
    const kept = this.#keep(entry);
    this.#run(room);
    return kept;
  }

  /** A file that a message waits for is on the server. */
  uploaded(transfer, file) {
    for (const entry of this.#entries.values()) {
      if (!entry.transfers.includes(transfer)) continue;
      entry.transfers = entry.transfers.filter((each) => each !== transfer);
      entry.files.push(file);
      if (entry.transfers.length === 0) entry.state = "waiting";
      this.#keep(entry);
      this.#run(entry.room);
    }
  }

  /** The message that waits for this transfer. */
  waitsFor(transfer) {
    return [...this.#entries.values()].find((entry) => entry.transfers.includes(transfer));
  }

  /** Sends what waits, as when the connection is back. */
  flush() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    for (const room of new Set([...this.#entries.values()].map((entry) => entry.room))) this.#run(room);
  }

  /** Tries a refused message again, under its nonce. */
  retry(nonce) {
    const entry = this.#entries.get(nonce);
    if (!entry) return;
    Object.assign(entry, { state: "waiting", why: undefined });
    this.#keep(entry);
    this.#run(entry.room);
  }

  /** Takes a message back. What is on its way already cannot be. */
  discard(nonce) {
    const entry = this.#entries.get(nonce);
    if (entry && entry.state !== "sending") this.#drop(entry);
    return entry;
  }

  /** The log has a message of one's own, sent by this page or another. */
  arrived(nonce, seq) {
    const entry = this.#entries.get(nonce);
    if (entry) this.#drop(entry, seq);
    else this.store.delete(KEY + nonce);
  }

  /** Forgets what was meant for a room that is gone. */
  dropRoom(room) {
    for (const entry of [...this.#entries.values()]) if (entry.room === room) this.#drop(entry);
  }

  #keep(entry) {
    const { state, ...kept } = entry;
    const held = this.store.set(KEY + entry.nonce, { ...kept, state: state === "sending" ? "waiting" : state });
    this.emit("outgoing", { ...entry });
    return held;
  }

  #drop(entry, seq) {
    this.#entries.delete(entry.nonce);
    this.store.delete(KEY + entry.nonce);
    this.emit("gone", { room: entry.room, nonce: entry.nonce, seq });
  }

  // Sends the room's next message, if none of it is on its way.
  #run(room) {
    if (this.#busy.has(room) || this.#timers.has(room) || !this.online()) return;
    const next = [...this.#entries.values()].find((entry) => entry.room === room && entry.state === "waiting");
    if (next) this.#deliver(next);
  }

  async #deliver(entry) {
    this.#busy.add(entry.room);
    entry.state = "sending";
    this.emit("outgoing", { ...entry });
    const line = { type: "send", room: entry.room, text: entry.text, nonce: entry.nonce };
    if (entry.replyTo) line.reply_to = entry.replyTo;
    if (entry.files.length > 0) line.files = entry.files.map((file) => file.id);
    try {
      const sent = await this.send(line);
      if (this.#entries.has(entry.nonce)) this.#drop(entry, sent.seq);
    } catch (refusal) {
      this.#refused(entry, refusal);
    }
    this.#busy.delete(entry.room);
    this.#run(entry.room);
  }

  #refused(entry, refusal) {
    if (!this.#entries.has(entry.nonce)) return;
    if (refusal.code === "lost") {
      entry.state = "waiting";
    } else if (PASSES.has(refusal.code)) {
      entry.state = "waiting";
      const wait = Math.min(AGAIN_AT_MOST, (refusal.retryAfter ?? 0) * 1000 || AGAIN_IN);
      const again = () => {
        this.#timers.delete(entry.room);
        this.#run(entry.room);
      };
      this.#timers.set(entry.room, setTimeout(again, wait));
    } else {
      entry.state = "failed";
      entry.why = { code: refusal.code, message: refusal.message };
    }
    this.#keep(entry);
  }
}

/** A new nonce: 128 random bits in the letters that the protocol takes. */
export function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
