// The people panel: who is in the room, by how present they are.

import { avatar } from "./avatar.js";
import { eachFrame, h, icon, iconButton } from "./dom.js";
import { tr } from "./locale.js";
import { presenceOf } from "./rooms.js";

// A page of members, and how many pages of a room are fetched: 2,000 people.
const PAGE = 500;
const PAGES = 4;
// So many offline people are shown at first.
const OFFLINE_SHOWN = 40;

export class People {
  #members = new Map();
  #asked = new Set();

  /** `acts` has menu(button, user), add(), close(). */
  constructor(element, account, connection, acts) {
    Object.assign(this, { element, account, connection, acts, shown: false });
    this.changed = eachFrame(() => this.render());
    for (const topic of ["people", "rooms", "me"]) account.on(topic, () => this.shown && this.changed());
    account.on("members", (room) => this.#stale(room));
    connection.on("state", () => this.shown && this.changed());
    connection.on("session", () => {
      this.#asked.clear();
      if (this.shown) this.load();
    });
  }

  #stale(room) {
    this.#asked.delete(room);
    if (this.shown && room === this.account.front) this.load();
  }

  /** Who is in a room, as far as it was asked for. */
  members(room) {
    return (this.#members.get(room) ?? []).map((username) => this.account.users.get(username)).filter(Boolean);
  }

  /** Asks who is in the room in front. */
  async load() {
    const room = this.account.front;
    if (!room || this.#asked.has(room) || !this.connection.online) return;
    this.#asked.add(room);
    const found = [];
    try {
      for (let page = 0, after; page < PAGES; page++) {
        const answer = await this.connection.request({ type: "members", room, limit: PAGE, ...(after && { after }) });
        found.push(...answer.users);
        after = answer.users.at(-1)?.username;
        if (!answer.more) break;
      }
    } catch {
      this.#asked.delete(room);
      return;
    }
    for (const user of found) this.account.users.set(user.username, user);
    this.#members.set(room, found.map((user) => user.username));
    this.account.emit("people");
  }

  /** Shows the people of the room in front. */
  render() {
    const room = this.account.rooms.get(this.account.front);
    if (!room || !this.shown) return;
    const people = this.members(room.room).sort((a, b) => a.name.localeCompare(b.name));
    const by = (kind) => people.filter((user) => presenceOf(this.account, this.connection, user.username) === kind);
    const add = !["broadcast", "direct"].includes(room.kind) && this.account.me.role !== "guest";
    const groups = ["online", "away", "offline", "unknown"].map((kind) => this.#group(kind, by(kind)));
    const more = room.members - people.length;
    this.element.replaceChildren(
      h(
        "header.ph",
        {},
        h("h2.grow", {}, tr("people-title"), h("span.t3", {}, ` ${room.members}`)),
        add && iconButton("person-plus", tr("people-add"), this.acts.add),
        iconButton("close", tr("people-close"), this.acts.close, { key: "Esc" }),
      ),
      h("div.panel-body", { tabIndex: -1 }, ...groups, people.length > 0 && more > 0 && h("div.pp-more", {}, tr("people-more", { count: more }))),
    );
  }

  #group(kind, users) {
    if (users.length === 0) return null;
    const shown = kind === "offline" ? users.slice(0, OFFLINE_SHOWN) : users;
    const more = users.length - shown.length;
    return h(
      "section.pp-group",
      {},
      h("h3", {}, tr(`people-${kind}`, { count: users.length })),
      h("ul.plain", {}, ...shown.map((user) => h("li", {}, this.#person(user, kind)))),
      more > 0 && h("div.pp-more", {}, tr("people-more", { count: more })),
    );
  }

  #person(user, kind) {
    const role = user.role !== "member" && h("span.role", {}, tr(`role-${user.role}`));
    const name = h("span.grow.names", {}, h("span.cut", {}, user.name), user.status && h("span.cut.t3.s12", {}, user.status));
    return h(
      "button.pp",
      { type: "button", title: `@${user.username}`, aria: { haspopup: "menu" }, onclick: (event) => this.acts.menu(event.currentTarget, user) },
      avatar(user, 24, kind), name, role,
    );
  }
}

/** The line of a person's menu that says who they are. */
export function whoLine(user) {
  return `@${user.username} · ${tr(`role-${user.role}`)}`;
}

/** An icon beside a count of people. */
export function countOf(room) {
  return h("span.members", {}, icon("people", 16), String(room.members));
}
