// Telling the reader: a count in the title, a desktop notification where they allowed it.

import { tr } from "./locale.js";
import { watched } from "./conversation.js";

// What the program is called.
const PROGRAM = "Parlor";

// A notification shows so much of a text.
const SHOWN = 160;

/** Whether the browser can, may, or will not show notifications: granted, denied, default, none. */
export function permission() {
  return globalThis.Notification?.permission ?? "none";
}

/** Asks for the permission: only ever on a click. */
export function askPermission() {
  return Notification.requestPermission();
}

export class Notify {
  /** `open(room)` brings a room to the front. */
  constructor(account, store, open) {
    Object.assign(this, { account, store, open });
    account.on("rooms", () => this.title());
    account.on("message", (news) => this.#message(news));
  }

  /** Whether this reader wants them, on this machine. */
  get wanted() {
    return permission() === "granted" && this.store.get("notify") !== false;
  }

  set wanted(wants) {
    this.store.set("notify", wants);
  }

  /** The count in the title, before the room and the server. */
  title() {
    const room = this.account.rooms.get(this.account.front);
    // A server that was given no name is called as the program is, which is said once.
    const { name } = this.account.server;
    const server = name === PROGRAM ? name : tr("title-server", { server: name });
    const title = room ? `${room.with ? this.account.title(room) : `#${room.room}`} · ${server}` : server;
    const count = this.account.unread();
    document.title = count > 0 ? tr("title-unread", { count, title }) : title;
  }

  #message({ line, room, mentions }) {
    if (!this.wanted || (watched() && room.room === this.account.front)) return;
    if (room.notify === "none" || (room.notify === "mentions" && !mentions && room.kind !== "direct")) return;
    const name = line.name ?? this.account.nameOf(line.from);
    const title = room.with ? name : tr("web-notice", { name, room: `#${room.room}` });
    const body = (line.text || (line.files ?? []).map((file) => file.name).join(", ")).slice(0, SHOWN);
    const notice = new Notification(title, { body, tag: `${room.room}:${line.seq}` });
    notice.onclick = () => {
      window.focus();
      this.open(room.room);
      notice.close();
    };
  }
}
