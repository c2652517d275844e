// Files between the composer, the transfers and what is sent: chosen, dropped or pasted,
// they become chips of their room and go with its next message.

import { h, icon } from "./dom.js";
import { tr } from "./locale.js";
import { fingerprint } from "./transfers.js";
import { toast } from "./toasts.js";

// A message takes so many files.
const MOST = 10;

export class Uploads {
  #chips = new Map();

  /** `discard(id)` deletes a file of one's own on the server. */
  constructor({ account, composer, outbox, transfers, views, discard }) {
    Object.assign(this, { account, composer, outbox, transfers, views, discard });
    composer.on("upload", (files) => this.add(files));
    transfers.on("done", (transfer) => this.#done(transfer));
    transfers.on("changed", (transfer) => transfer.state === "refused" && this.#refused(transfer));
    transfers.on("gone", ({ key }) => this.#forget(key));
  }

  /** Takes in what an earlier page left: messages whose files were on their way, and these files. */
  restore(kept, lives) {
    this.transfers.load(lives);
    for (const entry of kept.filter((each) => each.state === "uploading")) {
      this.outbox.discard(entry.nonce);
      this.#giveBack(entry);
    }
    for (const transfer of this.transfers.all.values()) this.#of(transfer.room).add(transfer.key);
  }

  #of(room) {
    if (!this.#chips.has(room)) this.#chips.set(room, new Set());
    return this.#chips.get(room);
  }

  #giveBack({ room, text }) {
    if (room === this.account.front) return this.composer.giveBack(text);
    const { store } = this.composer;
    const later = store.get(`draft:${room}`);
    store.set(`draft:${room}`, later ? `${text}\n${later}` : text);
  }

  /** Takes files for the room in front. */
  add(files) {
    const room = this.account.rooms.get(this.account.front);
    if (!room?.can_send || files.length === 0) return;
    const chips = this.#of(room.room);
    for (const file of files) {
      if (chips.size >= MOST) {
        toast(tr("web-too-many-files", { count: MOST }), "bad");
        break;
      }
      chips.add(this.transfers.add(file, room.room).key);
    }
    this.show();
  }

  /** A file whose upload broke off with an earlier page is chosen again. */
  choose(transfer) {
    const input = h("input", { type: "file", hidden: true });
    input.addEventListener("change", () => {
      const file = input.files[0];
      if (!file) return;
      if (fingerprint(file, transfer.room) === transfer.mark) this.transfers.add(file, transfer.room);
      else toast(tr("web-another-file", { name: transfer.name }), "bad");
      this.show();
    });
    input.click();
  }

  /** Shows the chips of the room in front. */
  show() {
    const chips = this.#of(this.account.front);
    this.composer.chips.replaceChildren(...[...chips].map((key) => this.views.view(key, "chip")).filter(Boolean));
    this.composer.hasFiles = chips.size > 0;
  }

  // A file whose message is written already goes with it; any other waits as a chip.
  #done(transfer) {
    if (!this.outbox.waitsFor(transfer.key)) return;
    this.outbox.uploaded(transfer.key, transfer.file);
    this.transfers.forget(transfer.key);
  }

  /** Sends a text with the files of the room in front; false if it cannot be, which is said. */
  send({ text, replyTo }) {
    const room = this.account.front;
    const chips = [...this.#of(room)].map((key) => this.transfers.all.get(key)).filter(Boolean);
    const stuck = chips.find((each) => each.state === "refused" || (each.state === "broken" && !each.source));
    if (stuck) {
      this.composer.refuse(tr("web-file-stuck", { name: stuck.name }));
      return false;
    }
    if (this.outbox.full) {
      this.composer.refuse(tr("web-outbox-full"));
      return false;
    }
    const over = new TextEncoder().encode(text).length - (this.account.server.text_bytes ?? Infinity);
    if (over > 0) {
      this.composer.refuse(tr("send-too-long", { over, bound: this.account.server.text_bytes }));
      return false;
    }
    const done = chips.filter((each) => each.state === "done");
    const waits = chips.filter((each) => each.state !== "done");
    this.#of(room).clear();
    this.show();
    const kept = this.outbox.add({ room, text, replyTo, files: done.map((each) => each.file), transfers: waits.map((each) => each.key) });
    if (!kept) toast(tr("web-not-kept"), "bad");
    for (const { key } of waits) this.transfers.resume(key);
    for (const { key } of done) this.transfers.forget(key);
    return true;
  }

  /** Takes a file back; one that is on the server already is deleted there, for nobody was shown it. */
  cancel(key) {
    const transfer = this.transfers.all.get(key);
    if (transfer?.state === "done") this.discard(transfer.file.id);
    this.transfers.cancel(key);
  }

  // A file that the server does not take: its message is given back.
  #refused(transfer) {
    const entry = this.outbox.waitsFor(transfer.key);
    if (!entry) return;
    this.outbox.discard(entry.nonce);
    for (const key of entry.transfers) this.#of(entry.room).add(key);
    this.#giveBack(entry);
    this.show();
  }

  #forget(key) {
    const entry = this.outbox.waitsFor(key);
    if (entry) {
      this.outbox.discard(entry.nonce);
      for (const each of entry.transfers) if (each !== key) this.#of(entry.room).add(each);
      this.#giveBack(entry);
    }
    for (const chips of this.#chips.values()) chips.delete(key);
    if (this.account.front) this.show();
  }

  /** Takes files that are dropped anywhere over an element. */
  listen(element, title) {
    const veil = h("div.drop", { hidden: true }, icon("upload"), h("b", {}));
    element.append(veil);
    let depth = 0;
    const has = (event) => event.dataTransfer?.types.includes("Files");
    const hide = () => {
      depth = 0;
      veil.hidden = true;
    };
    element.addEventListener("dragenter", (event) => {
      if (!has(event)) return;
      event.preventDefault();
      depth += 1;
      veil.hidden = false;
      veil.lastChild.textContent = title(Math.max(1, event.dataTransfer.items.length));
    });
    element.addEventListener("dragover", (event) => has(event) && event.preventDefault());
    element.addEventListener("dragleave", () => (depth -= 1) <= 0 && hide());
    element.addEventListener("drop", (event) => {
      if (!has(event)) return;
      event.preventDefault();
      hide();
      this.add([...event.dataTransfer.files]);
    });
    // A file dropped beside would else replace the page.
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => event.preventDefault());
  }
}
