// What can be done with a message: by the buttons over its row, its menu, and keys.

import { iconButton, h } from "./dom.js";
import { ask } from "./dialog.js";
import { openEmoji } from "./emoji.js";
import { tr } from "./locale.js";
import { openMenu } from "./menu.js";
import { why } from "./refusal.js";
import { toast } from "./toasts.js";

// The reactions that stand in the menu at once.
const QUICK = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

// Where the pointer is: a menu that it asks for opens there.
function pointed({ clientX, clientY }) {
  return new DOMRect(clientX + 120, clientY, 0, 0);
}

export class Actions {
  /** `content` holds the rows; `talk` is the conversation, `composer` takes answers and edits. */
  constructor({ content, account, connection, talk, composer }) {
    Object.assign(this, { content, account, connection, talk, composer });
    const act = (sign, label, key, run) => iconButton(sign, tr(label), () => this.#on(run), { key: key && tr(key), tabIndex: -1 });
    this.bar = h(
      "div.acts", { role: "toolbar", aria: { label: tr("more") } },
      act("smile", "react", "key-react", (entry) => this.pick(entry)),
      act("reply", "reply", "key-reply", (entry) => this.reply(entry)),
      act("copy", "copy-text", "key-copy", (entry) => this.copy(entry)),
      act("more", "more", "", (entry) => this.menu(entry, this.bar.lastChild)),
    );
    content.addEventListener("pointerover", (event) => event.pointerType !== "touch" && this.#show(event.target));
    content.addEventListener("focusin", (event) => this.#show(event.target));
    content.addEventListener("click", (event) => this.#tapped(event));
    content.addEventListener("contextmenu", (event) => this.#context(event));
  }

  /** The message that an element belongs to, if it can be acted on. */
  entryOf(element) {
    const key = Number(element.closest?.(".line")?.dataset.key);
    const entry = this.talk.room && this.talk.timeline.entry(key);
    return entry?.kind === "message" && !entry.deleted ? entry : null;
  }

  #on(run) {
    const entry = this.entryOf(this.bar);
    if (entry) run(entry);
  }

  #show(element) {
    const row = element.closest?.(".msg");
    if (!row || row.contains(this.bar)) return;
    if (this.entryOf(row)) row.append(this.bar);
    else this.bar.remove();
  }

  // A finger has no pointer to hover with: a tap on a message opens its menu.
  #tapped(event) {
    const busy = event.target.closest("a, button, pre") || !getSelection().isCollapsed;
    if (busy || !matchMedia("(hover: none)").matches) return;
    const entry = this.entryOf(event.target);
    if (entry) this.menu(entry, event.target.closest(".msg"), pointed(event));
  }

  #context(event) {
    if (event.target.closest("a, img, pre, .acts") || event.shiftKey || !getSelection().isCollapsed) return;
    const entry = this.entryOf(event.target);
    if (!entry) return;
    event.preventDefault();
    this.menu(entry, event.target.closest(".msg"), pointed(event));
  }

  get #canSend() {
    return this.talk.room?.can_send ?? false;
  }

  /** The menu of a message. */
  menu(entry, from, rect = undefined) {
    const own = entry.from === this.account.me.username;
    const deletes = own || this.talk.room.moderator;
    openMenu(from, [
      { quick: QUICK, act: (emoji) => this.react(entry, emoji, true) },
      { icon: "smile", label: tr("react"), key: tr("key-react"), act: () => this.pick(entry) },
      null,
      this.#canSend && { icon: "reply", label: tr("reply"), key: tr("key-reply"), act: () => this.reply(entry) },
      { icon: "copy", label: tr("copy-text"), key: tr("key-copy"), act: () => this.copy(entry) },
      own && { icon: "edit", label: tr("edit"), key: tr("key-edit"), act: () => this.composer.edit(entry) },
      deletes && { icon: "trash", label: tr("delete"), key: tr("key-delete"), danger: true, act: () => this.remove(entry) },
    ], rect);
  }

  /** Chooses a reaction. */
  pick(entry) {
    const row = this.talk.list.node(entry.seq)?.querySelector(".msg");
    if (row) openEmoji(row.contains(this.bar) ? this.bar : row, (emoji) => this.react(entry, emoji, true));
  }

  /** Answers a message. */
  reply(entry) {
    if (this.#canSend) this.composer.reply(entry, this.account.nameOf(entry.from));
  }

  /** Copies a message's text. */
  async copy(entry) {
    try {
      await navigator.clipboard.writeText(entry.text);
      toast(tr("web-copied"));
    } catch {
      toast(tr("web-not-copied"), "bad");
    }
  }

  /** Gives a reaction, or takes it back. */
  react(entry, emoji, on) {
    this.#tell({ type: "react", room: this.account.front, target: entry.seq, emoji, on });
  }

  /** Deletes a message for everybody, after asking. */
  remove(entry) {
    if (entry.from !== this.account.me.username && !this.talk.room.moderator) return;
    const room = this.account.front;
    ask({ title: tr("delete-question"), yes: tr("delete-yes"), act: () => this.#tell({ type: "delete", room, target: entry.seq }) });
  }

  async #tell(line) {
    try {
      await this.connection.request(line);
    } catch (refusal) {
      toast(tr("act-failed", { why: why(refusal.code === "lost" ? { code: "offline" } : refusal) }), "bad");
    }
  }

  /** What a key does with the message that has the focus; false if it does nothing. */
  key(event) {
    const entry = this.entryOf(event.target);
    if (!entry || event.altKey || event.metaKey || event.target.closest(".acts")) return false;
    const own = entry.from === this.account.me.username;
    const key = event.key.toLowerCase();
    if (event.ctrlKey) {
      if (key !== "c" || !getSelection().isCollapsed) return false;
      this.copy(entry);
    } else if (key === "r") this.reply(entry);
    else if (key === "e") own ? this.composer.edit(entry) : this.pick(entry);
    else if (key === "delete") this.remove(entry);
    else if (key === "contextmenu" || (key === "enter" && event.target.matches(".msg"))) this.menu(entry, event.target.closest(".msg"));
    else return false;
    return true;
  }
}
