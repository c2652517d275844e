// The header of a room: its name and topic, who is there, what can be opened beside it.

import { h, icon, iconButton } from "./dom.js";
import { tr } from "./locale.js";
import { markedLine } from "./marked.js";
import { countOf } from "./people.js";
import { presenceOf, roomIcon } from "./rooms.js";

export class Header {
  /** `acts` has back(), search(), files(), people(), menu(button). */
  constructor(element, account, connection, acts) {
    Object.assign(this, { element, account, connection, acts });
    this.title = h("h1.cut");
    this.sign = h("span.head-sign");
    this.topic = h("span.topic.grow.cut");
    this.below = h("span.head-below.cut");
    this.count = h("span.head-count");
    this.search = iconButton("search", tr("header-search"), acts.search, { key: "Ctrl F" });
    this.people = iconButton("people", tr("header-people"), acts.people, { key: "Ctrl Shift P", class: "wide", aria: { label: tr("header-people"), pressed: false } });
    const menu = iconButton("more", tr("header-more"), () => acts.menu(menu), { aria: { label: tr("header-more"), haspopup: "menu" } });
    element.append(
      iconButton("chevron-left", tr("web-back"), acts.back, { class: "back" }),
      h("span.head-names", {}, h("span.head-title", {}, this.sign, this.title), this.below),
      h("span.vr.wide"), this.topic, this.count, this.search,
      iconButton("folder", tr("web-files"), acts.files, { class: "wide" }), this.people, menu,
    );
  }

  /** Shows the room in front as it now is. */
  render() {
    const room = this.account.rooms.get(this.account.front);
    if (!room) return;
    this.title.textContent = this.account.title(room);
    this.sign.replaceChildren(icon(room.with ? "person" : roomIcon({ ...room, notify: "all" })));
    this.topic.title = room.topic;
    this.topic.replaceChildren(...markedLine(room.topic, this.account.me.username));
    this.count.replaceChildren(room.with ? "" : countOf(room));
    this.count.title = tr("header-members", { count: room.members });
    this.below.replaceChildren(...this.#below(room));
  }

  #below(room) {
    const online = this.connection.online;
    const link = online ? [" · ", h("span.ok", {}, tr("web-connected"))] : [];
    if (room.with) return [tr(`web-presence-${presenceOf(this.account, this.connection, room.with)}`), ...link];
    return [tr("header-members", { count: room.members }), ...link];
  }
}
