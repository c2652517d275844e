// The WebSocket to the server: opened, watched, opened again, resumed by cursors.
//
// Topics: `state` (STATE), `session` ({session, welcome, resumed}), `event` (a line
// from the server that answers nothing). STATE is one of
//   {kind: "connecting"}            nobody has answered yet
//   {kind: "online", latency}       in milliseconds, null until it was measured
//   {kind: "offline", until}        the next try is at that time, by Date.now()
//   {kind: "over", why}             the session has ended: sign in again

import { Emitter } from "./emitter.js";

// The waits between tries double from the first to the last; each is cut by up
// to a half at random, so that a server that comes back is not met by everybody at once.
const FIRST_WAIT = 500;
const LAST_WAIT = 30_000;
// A handshake that takes longer has failed.
const OPENING = 10_000;
// The server closes what is silent for 90 s; an unanswered ping means a dead line.
const PING_EVERY = 30_000;
const PONG_WITHIN = 10_000;
// An answer that takes longer is given up; no request is without one.
const ANSWER_WITHIN = 30_000;
// What a page may wait for at once: beyond it, it asks in a loop by mistake.
const MOST_WAITING = 256;
// Lines that say without `re` that the session is dead.
const ENDS = new Set(["bad_token", "banned"]);

/** Why a request was not answered: `code` is the server's, or `lost` or `timed_out`. */
export class Refusal extends Error {
  constructor({ code, message, retry_after: retryAfter, rules }) {
    super(message || code);
    this.code = code;
    this.retryAfter = retryAfter;
    this.rules = rules ?? [];
  }
}

export class Connection extends Emitter {
  state = { kind: "connecting" };
  #socket = null;
  #waiting = new Map();
  #next = 1;
  #tries = 0;
  #timers = {};
  #resumes = false;
  #welcome = null;

  /**
   * `open(resumes)` makes a WebSocket; `cursors()` gives the last seq seen of each
   * room; `alive()` resolves to false if the session is known to be dead.
   */
  constructor({ open, cursors, alive }) {
    super();
    Object.assign(this, { open, cursors, alive });
  }

  /** Opens it for the first time. */
  start() {
    this.#dial();
  }

  /** Whether requests can be sent. */
  get online() {
    return this.state.kind === "online";
  }

  /** Tries at once, if it waits for the next try. */
  tryNow() {
    if (this.state.kind === "offline") this.#dial();
  }

  /** Looks whether the line still holds, as after the computer slept. */
  check() {
    if (this.online) this.#ping();
    else this.tryNow();
  }

  /** Ends it for good. */
  close(why) {
    this.#drop();
    this.#become({ kind: "over", why });
  }

  /** Sends what has no answer. Says whether it was sent. */
  tell(line) {
    if (!this.online) return false;
    this.#socket.send(JSON.stringify(line));
    return true;
  }

  /** Sends a request; resolves to its answer, or rejects with a Refusal. */
  request(line) {
    if (!this.online) return Promise.reject(new Refusal({ code: "lost" }));
    return this.#ask(line);
  }

  #ask(line) {
    if (this.#waiting.size >= MOST_WAITING) {
      return Promise.reject(new Refusal({ code: "timed_out" }));
    }
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Refusal({ code: "timed_out" }));
      }, ANSWER_WITHIN);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ ...line, id }));
    });
  }

  #become(state) {
    this.state = state;
    this.emit("state", state);
  }

  #dial() {
    this.#drop();
    this.#become({ kind: "connecting" });
    this.#welcome = null;
    const socket = this.open(this.#resumes);
    this.#socket = socket;
    let opened = false;
    const mine = (act) => (event) => this.#socket === socket && act(event);
    socket.addEventListener("open", mine(() => (opened = true)));
    socket.addEventListener("message", mine(({ data }) => this.#read(data)));
    socket.addEventListener("close", mine(() => this.#lost(opened)));
    this.#timers.opening = setTimeout(() => this.#lost(opened), OPENING);
  }

  #read(data) {
    let line;
    try {
      line = JSON.parse(data);
    } catch {
      return;
    }
    if (line.re !== undefined) this.#answer(line);
    else if (line.type === "welcome") this.#opened(line);
    else if (line.type === "session") this.#signedIn(line);
    else if (line.type === "kicked") this.#over(line, { code: "kicked", ...line });
    else if (line.type === "error" && ENDS.has(line.code)) this.#over(line, line);
    else this.emit("event", line);
  }

  #opened(welcome) {
    this.#welcome = welcome;
    if (!this.#resumes) return;
    this.#ask({ type: "resume", rooms: this.cursors() }).catch((refusal) => {
      if (ENDS.has(refusal.code)) this.close(refusal);
      else if (this.state.kind === "connecting") this.#lost(true);
    });
  }

  #signedIn(session) {
    clearTimeout(this.#timers.opening);
    const resumed = this.#resumes;
    this.#resumes = true;
    this.#tries = 0;
    this.state = { kind: "online", latency: null };
    this.emit("session", { session, welcome: this.#welcome, resumed });
    this.emit("state", this.state);
    this.#ping();
  }

  #answer(line) {
    const asked = this.#waiting.get(line.re);
    if (!asked) return;
    this.#waiting.delete(line.re);
    clearTimeout(asked.timer);
    if (line.type === "error") return asked.reject(new Refusal(line));
    // What follows `session` builds on it: it is taken in before the next line is
    // read, not when the promise gets its turn.
    if (line.type === "session") this.#signedIn(line);
    asked.resolve(line);
  }

  #ping() {
    clearTimeout(this.#timers.ping);
    clearTimeout(this.#timers.pong);
    const socket = this.#socket;
    const began = performance.now();
    this.#timers.pong = setTimeout(() => this.#socket === socket && this.#lost(true), PONG_WITHIN);
    this.#ask({ type: "ping" }).then(
      () => {
        if (this.#socket !== socket || !this.online) return;
        clearTimeout(this.#timers.pong);
        this.#become({ kind: "online", latency: Math.round(performance.now() - began) });
        this.#timers.ping = setTimeout(() => this.#ping(), PING_EVERY);
      },
      () => {},
    );
  }

  #over(line, why) {
    this.emit("event", line);
    this.close(why);
  }

  async #lost(opened) {
    if (this.state.kind === "over") return;
    this.#drop();
    const most = Math.min(LAST_WAIT, FIRST_WAIT * 2 ** this.#tries);
    this.#tries += 1;
    const wait = Math.round(most * (0.5 + Math.random() / 2));
    this.#become({ kind: "offline", until: Date.now() + wait });
    this.#timers.retry = setTimeout(() => this.#dial(), wait);
    // A refused WebSocket does not say why: whether the session is dead is asked by HTTP.
    if (!opened && !(await this.alive()) && this.state.kind !== "online") {
      this.close({ code: "bad_token" });
    }
  }

  #drop() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of waiting) {
      clearTimeout(timer);
      reject(new Refusal({ code: "lost" }));
    }
  }
}
