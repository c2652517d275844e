// The sidebar: the rooms one is in, with what is unread.

import { avatar } from "./avatar.js";
import { eachFrame, h, icon, iconButton } from "./dom.js";
import { tr } from "./locale.js";

const MOST_SHOWN = 99;

/** The icon of a room. */
export function roomIcon(room) {
  if (room.notify === "none") return "bell-off";
  return { broadcast: "megaphone", private: "lock", direct: "person" }[room.kind] ?? "hash";
}

/** The badge of a room, or null: its count, or how often one is named. */
export function badge(room) {
  if (room.notify === "none") return null;
  const many = (count, more) => (count > MOST_SHOWN || more ? tr("badge-many", { most: Math.min(MOST_SHOWN, count) }) : String(count));
  if (room.mentions > 0) {
    const label = tr("switcher-mentions", { count: room.mentions });
    return h("span.badge.at", { role: "img", aria: { label } }, `@${many(room.mentions)}`);
  }
  if (room.unread <= 0) return null;
  return h("span.badge", { role: "img", aria: { label: tr("switcher-unread", { count: room.unread }) } }, many(room.unread, room.unreadMore));
}

/** How present somebody is, as the dot shows it. */
export function presenceOf(account, connection, username) {
  if (!connection.online) return "unknown";
  if (username === account.me.username) return "online";
  return account.users.get(username)?.presence ?? "offline";
}

export class Rooms {
  /** `acts` has open(room), add(button), href(room). */
  constructor(element, account, connection, acts) {
    Object.assign(this, { element, account, connection, acts });
    this.list = h("ul.plain", { aria: { label: tr("sidebar-rooms") } });
    const add = iconButton("plus", tr("sidebar-add-room"), (event) => acts.add(event.currentTarget), { side: 16, aria: { label: tr("sidebar-add-room"), haspopup: "menu" } });
    element.append(h("div.sec", {}, h("h2.grow", {}, tr("sidebar-rooms")), add), this.list);
    this.changed = eachFrame(() => this.render());
    for (const topic of ["rooms", "people", "me"]) account.on(topic, this.changed);
    connection.on("state", this.changed);
  }

  /** Shows the rooms as they now are. */
  render() {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.room : null;
    this.list.replaceChildren(...this.account.sidebar().map((room) => h("li", {}, this.#item(room))));
    if (focused) this.list.querySelector(`[data-room="${CSS.escape(focused)}"]`)?.focus();
  }

  #item(room) {
    const front = room.room === this.account.front;
    const unread = room.notify !== "none" && room.unread > 0 && !front;
    const kinds = [front && "on", unread && "un", room.notify === "none" && "mute"].filter(Boolean).join(" ");
    const title = this.account.title(room);
    const face = room.with
      ? avatar({ username: room.with, name: title }, 20, presenceOf(this.account, this.connection, room.with))
      : icon(roomIcon(room), 16);
    const open = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.acts.open(room.room);
    };
    return h(
      "a.item",
      { href: this.acts.href(room.room), class: kinds, data: { room: room.room }, aria: { current: front ? "page" : null }, onclick: open },
      face,
      h("span.grow.cut", {}, title),
      front && this.acts.watched?.() ? null : badge(room),
    );
  }
}
