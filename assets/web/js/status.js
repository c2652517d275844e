// The status bar, and on a phone the strip under the header: how the connection stands.

import { eachFrame, h, icon } from "./dom.js";
import { tr } from "./locale.js";
import { bytes } from "./when.js";

/** How the connection stands, in words; `waiting` is how many messages wait to be sent. */
export function linkWords(state, waiting) {
  let words;
  if (state.kind === "online") {
    const ping = state.latency === 0 ? tr("when-ping-less") : tr("when-ping", { ms: state.latency });
    words = state.latency === null ? tr("status-connected-plain") : tr("status-connected", { ping });
  } else if (state.kind === "offline") {
    const seconds = Math.ceil((state.until - Date.now()) / 1000);
    words = seconds > 0 ? tr("status-offline", { seconds }) : tr("status-offline-now");
  } else if (state.kind === "over") {
    words = tr("status-signed-out");
  } else {
    words = tr("status-connecting");
  }
  return waiting > 0 ? tr("status-waiting", { state: words, count: waiting }) : words;
}

export class Status {
  #ticking = null;
  #spoken = "";

  constructor({ bar, strip, live, connection, outbox, transfers, onTransfers }) {
    Object.assign(this, { bar, strip, live, connection, outbox, transfers });
    this.words = h("span");
    this.dot = h("i.dot");
    this.now = h("button.btn.gh.sm", { type: "button", onclick: () => connection.tryNow() }, tr("status-try-now"));
    this.up = h("button.status-up", { type: "button", onclick: onTransfers, hidden: true }, icon("upload", 14), h("span"));
    bar?.append(h("span.link", {}, this.dot, this.words, this.now), h("span.grow"), this.up);
    this.changed = eachFrame(() => this.render());
    connection.on("state", this.changed);
    for (const topic of ["outgoing", "gone"]) outbox?.on(topic, this.changed);
    for (const topic of ["changed", "gone", "done"]) transfers.on(topic, this.changed);
  }

  /** Shows it as it now stands, and again each second while a countdown runs. */
  render() {
    const { state } = this.connection;
    const words = linkWords(state, this.outbox?.waiting ?? 0);
    const kind = { online: "", offline: "w", connecting: "ring", over: "b" }[state.kind];
    this.words.textContent = words;
    this.dot.className = `dot ${kind}`;
    this.now.hidden = state.kind !== "offline";
    document.body.classList.toggle("offline", state.kind === "offline");
    this.#strip(state, words);
    this.#transfers();
    this.#speak(state);
    clearTimeout(this.#ticking);
    if (state.kind === "offline") this.#ticking = setTimeout(() => this.render(), 1000);
  }

  #strip(state, words) {
    if (!this.strip) return;
    this.strip.hidden = state.kind !== "offline" && state.kind !== "over";
    if (this.strip.hidden) return;
    const now = h("button.strip-now", { type: "button", onclick: () => this.connection.tryNow() }, tr("web-now"));
    this.strip.replaceChildren(h("i.dot.w"), h("span.grow", {}, words), state.kind === "offline" ? now : "");
  }

  #transfers() {
    const { running } = this.transfers;
    this.up.hidden = this.transfers.all.size === 0;
    const total = running.reduce((sum, each) => sum + each.speed, 0);
    this.up.lastChild.textContent = running.length > 0 ? tr("web-up", { count: running.length, speed: bytes(total) }) : tr("web-up-idle", { count: this.transfers.all.size });
  }

  // A screen reader hears that the connection went or came, not each second of the wait.
  #speak(state) {
    const said = { online: "status-connected-plain", offline: "web-spoken-offline", over: "status-signed-out" }[state.kind];
    if (!said || said === this.#spoken) return;
    if (this.#spoken !== "" || state.kind !== "online") this.live.textContent = tr(said);
    this.#spoken = said;
  }
}
