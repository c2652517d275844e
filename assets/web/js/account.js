// What the page knows of the server: oneself, the rooms one is in, the people.
//
// Lines from the server go in by `signedIn` and `apply`; the views read the fields.
// Topics: `rooms`, `people`, `me`, `typing` (room), `timeline` (room), `read` (room),
// `message` ({line, room}) for each new one of others, `left` (room), `alert` (line).

import { Emitter } from "./emitter.js";
import { names } from "./markup/mention.js";
import { Timeline } from "./timeline.js";

// The server passes on "typing" at most each 3 s; who is silent for longer has stopped.
const TYPES_FOR = 5_000;

export class Account extends Emitter {
  rooms = new Map();
  users = new Map();
  typing = new Map();
  front = null;
  #timelines = new Map();
  #cursors = new Map();

  constructor({ me, server }) {
    super();
    this.me = me;
    this.server = server;
  }

  /** The last seq seen of each room, for `resume`. */
  cursors() {
    return Object.fromEntries(this.#cursors);
  }

  /** The messages of a room; made when first asked for. */
  timeline(room) {
    if (!this.#timelines.has(room)) this.#timelines.set(room, new Timeline(this.me.username));
    return this.#timelines.get(room);
  }

  /** Takes in a session: the first, or that of a resumed connection. */
  signedIn({ session, welcome, resumed }) {
    this.me = session.user;
    this.server = { ...this.server, name: welcome.server.name, ...welcome.limits, features: welcome.features };
    this.register = welcome.auth.register;
    for (const user of session.users) this.users.set(user.username, user);
    this.users.set(this.me.username, this.me);
    const before = this.rooms;
    this.rooms = new Map();
    for (const room of session.rooms) {
      const known = resumed ? before.get(room.room) : undefined;
      const again = known && known.created !== room.created;
      if (!known || again || !this.#cursors.has(room.room)) {
        this.#cursors.set(room.room, room.last_seq);
        this.#timelines.get(room.room)?.forget();
      }
      this.rooms.set(room.room, { ...room, unread: known?.unread ?? 0, unreadMore: false });
    }
    for (const room of before.keys()) if (!this.rooms.has(room)) this.#forget(room);
    for (const timeline of this.#timelines.values()) timeline.askAgain();
    this.emit("me");
    this.emit("people");
    this.emit("rooms");
    for (const room of this.rooms.values()) this.emit("unknown", room);
  }

  /** Takes in a line that answers nothing. */
  apply(line) {
    if (line.seq !== undefined && line.room !== undefined) this.#log(line);
    else if (line.type === "room") this.putRoom(line);
    else if (line.type === "room_deleted") this.#gone(line.room);
    else if (line.type === "gap" || line.type === "reset") this.#gap(line);
    else if (line.type === "read") this.#read(line.room, line.read_seq);
    else if (line.type === "typing") this.#types(line);
    else if (line.type === "user") this.#user(line);
    else if (line.type === "presence") this.#presence(line.changes);
    else if (line.type === "alert") this.emit("alert", line);
  }

  #log(line) {
    if (line.seq <= (this.#cursors.get(line.room) ?? 0)) return;
    this.#cursors.set(line.room, line.seq);
    const room = this.rooms.get(line.room);
    if (room) room.last_seq = Math.max(room.last_seq, line.seq);
    this.timeline(line.room).apply(line, this.seesEnd?.(line.room) ?? false);
    this.#membership(line, room);
    if (line.type === "message") this.#message(line, room);
    this.emit("timeline", line.room);
  }

  #membership(line, room) {
    if (line.type === "joined" && !this.users.has(line.username)) {
      this.users.set(line.username, {
        username: line.username, name: line.name, role: "member", presence: "online", status: "",
      });
    }
    if (["joined", "left"].includes(line.type)) this.emit("members", line.room);
    if (line.type === "topic" && room) {
      room.topic = line.topic;
      this.emit("rooms");
    }
  }

  #message(line, room) {
    this.typing.get(line.room)?.delete(line.from);
    this.emit("typing", line.room);
    if (line.from === this.me.username) {
      this.emit("mine", line);
      return;
    }
    if (!room || line.seq <= room.read_seq || line.deleted) return;
    const mentions = names(line.text, this.me.username);
    // What is seen at once is read; what a count held already is not counted again, as
    // while a replay runs.
    if (line.seq > (room.countedTo ?? 0) && !this.seesEnd?.(line.room)) {
      room.unread += 1;
      if (mentions) room.mentions += 1;
      this.emit("rooms");
    }
    this.emit("message", { line, room, mentions });
  }

  /** Takes in a room as it now is. */
  putRoom(line) {
    const { type: _, re: __, ...room } = line;
    if (!room.joined) {
      // The `left` comes after it, and then nothing more: the room is forgotten here.
      this.#gone(room.room);
      return;
    }
    const known = this.rooms.get(room.room);
    if (!known || known.created !== room.created) {
      this.#cursors.set(room.room, room.last_seq);
      this.#timelines.get(room.room)?.forget();
    }
    this.rooms.set(room.room, { ...room, unread: known?.unread ?? 0, unreadMore: known?.unreadMore ?? false });
    if (room.with && !this.users.has(room.with)) this.emit("stranger", room.with);
    this.emit("rooms");
    if (!known) this.emit("unknown", room);
  }

  #gone(room) {
    this.#forget(room);
    this.emit("rooms");
    this.emit("left", room);
  }

  #forget(room) {
    this.rooms.delete(room);
    this.#timelines.delete(room);
    this.#cursors.delete(room);
    this.typing.delete(room);
  }

  #gap(line) {
    if (!this.rooms.has(line.room)) return;
    if (line.type === "gap") this.#cursors.set(line.room, Math.max(line.to, this.#cursors.get(line.room) ?? 0));
    else this.#cursors.set(line.room, this.rooms.get(line.room).last_seq);
    this.emit("stale", line.room);
    this.emit("unknown", this.rooms.get(line.room));
  }

  /** What one has read of a room ends at this seq, here or in another window. */
  read(room, seq) {
    this.#read(room, seq);
  }

  #read(name, seq) {
    const room = this.rooms.get(name);
    if (!room || seq <= room.read_seq) return;
    room.read_seq = seq;
    if (seq >= room.last_seq) {
      Object.assign(room, { unread: 0, mentions: 0, unreadMore: false });
    } else if (!this.#recount(room)) {
      this.emit("unknown", room);
    }
    this.emit("rooms");
    this.emit("read", name);
  }

  // Counts the unread ones of what is loaded; false if something between is not.
  #recount(room) {
    const timeline = this.#timelines.get(room.room);
    const first = timeline?.entries[0]?.seq;
    if (!timeline?.atNow || first === undefined || first > room.read_seq + 1) return false;
    this.counted(room, timeline.entries.slice(timeline.place(room.read_seq + 1)), false);
    return true;
  }

  /** Takes in the messages after what one has read. */
  counted(room, messages, more) {
    const others = messages.filter(
      (entry) => entry.kind !== "system" && entry.from !== this.me.username && !entry.deleted && entry.seq > room.read_seq,
    );
    room.unread = others.length;
    room.unreadMore = more;
    room.countedTo = Math.max(room.countedTo ?? 0, messages.at(-1)?.seq ?? 0);
    const mentions = others.filter((entry) => names(entry.text, this.me.username)).length;
    room.mentions = more ? Math.max(room.mentions, mentions) : mentions;
    this.emit("rooms");
  }

  #types({ room, username }) {
    if (!this.rooms.has(room) || username === this.me.username) return;
    const typing = this.typing.get(room) ?? new Map();
    this.typing.set(room, typing);
    clearTimeout(typing.get(username));
    const stop = () => {
      typing.delete(username);
      this.emit("typing", room);
    };
    typing.set(username, setTimeout(stop, TYPES_FOR));
    this.emit("typing", room);
  }

  #user({ type: _, re: __, ...user }) {
    this.users.set(user.username, user);
    if (user.username === this.me.username) {
      this.me = user;
      this.emit("me");
    }
    this.emit("people");
  }

  #presence(changes) {
    for (const [username, presence] of Object.entries(changes)) {
      const user = this.users.get(username);
      if (user) this.users.set(username, { ...user, presence });
    }
    this.emit("people");
  }

  /** The display name of a user; the username of one who is not known. */
  nameOf(username) {
    return this.users.get(username)?.name ?? username;
  }

  /** What a room is called: the other one's name in a room of two. */
  title(room) {
    return room.with ? this.nameOf(room.with) : room.room;
  }

  /** The room to begin with. */
  firstRoom() {
    return ["general", "broadcast"].find((room) => this.rooms.has(room)) ?? this.rooms.keys().next().value ?? null;
  }

  /** The rooms as the sidebar has them: the broadcast room, the general one, the rest, then those of two. */
  sidebar() {
    const group = (room) => ["broadcast", "", "direct"].indexOf(["broadcast", "direct"].includes(room.kind) ? room.kind : "");
    const order = (a, b) =>
      group(a) - group(b) ||
      (b.room === "general") - (a.room === "general") ||
      this.title(a).localeCompare(this.title(b));
    return [...this.rooms.values()].sort(order);
  }

  /** The neighbour of the room in front, going round. */
  nextRoom(back, unreadOnly) {
    const rooms = this.sidebar();
    const at = Math.max(0, rooms.findIndex((room) => room.room === this.front));
    for (let n = 1; n < rooms.length; n++) {
      const room = rooms[(at + (back ? -n : n) + rooms.length) % rooms.length];
      if (!unreadOnly || room.unread > 0) return room.room;
    }
    return null;
  }

  /** Unread messages that one wants to be told about, for the title. */
  unread() {
    const told = { all: "unread", mentions: "mentions" };
    return [...this.rooms.values()].reduce((sum, room) => sum + (room[told[room.notify]] ?? 0), 0);
  }
}
