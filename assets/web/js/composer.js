// The composer: what is being written in the room in front, and what sending it does.

import { Completion } from "./complete.js";
import { h, icon, iconButton } from "./dom.js";
import { openEmoji } from "./emoji.js";
import { Emitter } from "./emitter.js";
import { tr } from "./locale.js";
import { excerpt } from "./message.js";

// Others are told that one writes at most once in so many milliseconds.
const TELL_TYPING = 3_000;
// A draft is kept at most so often while one types.
const DRAFT_EVERY = 600;

export class Composer extends Emitter {
  #mode = { kind: "new" };
  #told = 0;
  #draft = null;
  #room = null;

  /**
   * `accept({text, replyTo})` is asked before a text goes: false leaves it standing, "command"
   * means that it was none to be sent.
   * Topics: `send` ({text, replyTo}), `edit` ({seq, text}), `typing`, `upload` (files),
   * `height`. `stock()` gives {people, rooms} to complete with.
   */
  constructor({ element, field, store, stock }) {
    super();
    Object.assign(this, { element, field, store });
    this.completion = new Completion(field, stock);
    this.notice = h("div.notice", { role: "status" });
    this.chips = h("div.chips", { hidden: true });
    this.files = h("input", { type: "file", multiple: true, hidden: true });
    this.files.addEventListener("change", () => {
      this.emit("upload", [...this.files.files]);
      this.files.value = "";
      field.focus();
    });
    this.attach = iconButton("attach", tr("web-attach"), () => this.files.click(), { key: "Ctrl U" });
    this.send = iconButton("send", tr("send"), () => this.submit(), { key: tr("key-enter"), class: "sendb" });
    const smile = iconButton("smile", tr("emoji"), () => openEmoji(smile, (emoji) => this.insert(emoji)), {
      class: "smile", aria: { label: tr("emoji"), haspopup: "dialog" },
    });
    field.before(this.attach);
    field.after(smile, this.send);
    field.closest(".box").prepend(this.notice, this.chips, this.files);
    element.append(this.completion.element);
    this.#listen();
  }

  #listen() {
    const { field } = this;
    field.addEventListener("input", () => this.#typed());
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.completion.close());
    field.addEventListener("click", () => this.completion.look());
    field.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      this.emit("upload", files);
    });
    addEventListener("pagehide", () => this.keep());
  }

  /** The room in front changed: its draft stands in the field. */
  open(room) {
    this.keep();
    this.#room = room;
    this.#mode = { kind: "new" };
    this.set(this.store.get(`draft:${room}`) ?? "");
    this.#say();
    this.completion.close();
  }

  /** Whether one may write, and what the empty field says. */
  allow(can, placeholder) {
    this.field.disabled = !can;
    this.attach.disabled = !can;
    this.field.placeholder = placeholder;
    this.field.setAttribute("aria-label", placeholder);
  }

  /** Replaces the text. */
  set(text) {
    this.field.value = text;
    this.#fit();
    this.#ready();
  }

  /** Writes something where the cursor is. */
  insert(text) {
    this.field.focus();
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    this.#typed();
  }

  /** Begins an answer to a message. */
  reply(entry, name) {
    this.cancel();
    this.#mode = { kind: "reply", seq: entry.seq };
    this.#say("reply", tr("replying", { name }), excerpt(entry));
    this.field.focus();
  }

  /** Begins a new text for a message. */
  edit(entry) {
    this.cancel();
    this.#mode = { kind: "edit", seq: entry.seq, draft: this.field.value };
    this.set(entry.text);
    this.#say("edit", tr("editing"), "");
    this.field.focus();
    this.field.setSelectionRange(entry.text.length, entry.text.length);
  }

  /** The message that is being edited, if one is. */
  get editing() {
    return this.#mode.kind === "edit" ? this.#mode.seq : null;
  }

  /** Ends an answer or edit; false if there was none. */
  cancel() {
    const mode = this.#mode;
    this.#mode = { kind: "new" };
    this.#say();
    if (mode.kind === "edit") this.set(mode.draft);
    return mode.kind !== "new";
  }

  /** A text that was not taken stands in the field again, before what was written since. */
  giveBack(text) {
    const later = this.field.value.trim() === "" ? "" : `\n${this.field.value}`;
    this.set(text + later);
    this.keep();
  }

  /** Says above the field why something is not sent. */
  refuse(text) {
    this.#say("alert", text, "", "bad");
  }

  /** Says something above the field that one asked for, line by line. */
  inform(text) {
    this.#say("keyboard", "", text, "says");
  }

  /** Whether files wait to go with the next message. */
  set hasFiles(has) {
    this.chips.hidden = !has;
    this.withFiles = has;
    this.#ready();
  }

  /** Sends what is written. */
  submit() {
    const text = this.field.value.replace(/\s+$/u, "");
    const mode = this.#mode;
    if (this.field.disabled || (text.trim() === "" && (!this.withFiles || mode.kind === "edit"))) return;
    if (mode.kind === "edit") {
      this.cancel();
      this.emit("edit", { seq: mode.seq, text });
      return;
    }
    const replyTo = mode.kind === "reply" ? mode.seq : null;
    const taken = this.accept({ text, replyTo });
    if (!taken) return;
    // What a command says stands where the answer to a message did.
    const said = taken === "command" && this.notice.classList.contains("says") ? [...this.notice.childNodes] : [];
    this.cancel();
    if (said.length > 0) {
      this.notice.className = "notice says";
      this.notice.replaceChildren(...said);
    }
    this.set("");
    this.keep();
    this.#told = 0;
    this.completion.close();
    if (taken !== "command") this.emit("send", { text, replyTo });
  }

  /** Keeps the draft of the room. */
  keep() {
    clearTimeout(this.#draft);
    this.#draft = null;
    if (!this.#room) return;
    const text = this.#mode.kind === "edit" ? this.#mode.draft : this.field.value;
    if (text === "") this.store.delete(`draft:${this.#room}`);
    else this.store.set(`draft:${this.#room}`, text);
  }

  #typed() {
    this.#fit();
    this.#ready();
    this.completion.look();
    if (this.notice.classList.contains("bad")) this.#say();
    this.#draft ??= setTimeout(() => this.keep(), DRAFT_EVERY);
    const writes = this.#mode.kind !== "edit" && this.field.value.trim() !== "";
    if (!writes || Date.now() - this.#told < TELL_TYPING) return;
    this.#told = Date.now();
    this.emit("typing");
  }

  #key(event) {
    // While a word is composed (Vietnamese, Chinese), the keys are its own.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.completion.key(event)) return event.preventDefault();
    if (event.key === "Escape" && (this.completion.close() || this.cancel())) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && this.field.value === "" && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      this.emit("last");
    }
  }

  // The field grows with its text, up to the height that its style allows.
  #fit() {
    const { field } = this;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    this.emit("height");
  }

  #ready() {
    this.send.classList.toggle("idle", this.field.value.trim() === "" && !this.withFiles);
  }

  #say(sign, title, text, kind = "") {
    this.notice.className = `notice ${kind}`;
    if (!sign) return this.notice.replaceChildren();
    const close = iconButton("close", tr("cancel"), () => (this.cancel(), this.field.focus()), { side: 16, key: tr("key-escape") });
    this.notice.replaceChildren(icon(sign, 14), h("b", {}, title), h("span.grow.cut", {}, text), close);
  }
}
