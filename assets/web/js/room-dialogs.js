// Dialogs and menus about a room: made, found, left, its topic, its people, its notices.

import { ask, field, form, openDialog } from "./dialog.js";
import { button, h, icon } from "./dom.js";
import { plain } from "./complete.js";
import { tr } from "./locale.js";
import { why } from "./refusal.js";
import { roomIcon } from "./rooms.js";
import { toast } from "./toasts.js";

function explain(id) {
  return (refusal) => tr(id, { why: why(refusal) });
}

function input(props) {
  return h("input.inp", { type: "text", autocomplete: "off", ...props });
}

/** Makes a room; `opened(room)` hears of it. */
export function createRoom(connection, opened) {
  const name = input({ maxLength: 48, placeholder: tr("create-placeholder"), required: true });
  const kind = h("select.inp", {}, h("option", { value: "public" }, tr("create-public")), h("option", { value: "private" }, tr("create-private")));
  const hint = h("span.hint", {}, tr("create-public-hint"));
  kind.addEventListener("change", () => (hint.textContent = tr(`create-${kind.value}-hint`)));
  const topic = input({ maxLength: 500 });
  const fields = [field(tr("create-name"), name, tr("create-name-hint")), field(tr("create-who"), kind), hint, field(tr("create-topic"), topic)];
  const submit = async () => {
    const room = name.value.trim().replace(/^#/, "").toLowerCase();
    await connection.request({ type: "create_room", room, kind: kind.value, topic: topic.value.trim() });
    opened(room);
  };
  form({ title: tr("create-title"), fields, yes: tr("create-yes"), submit, explain: explain("dialog-not-created") });
}

/** Lists the rooms that one may join. */
export async function browseRooms(connection, opened) {
  let rooms;
  try {
    ({ rooms } = await connection.request({ type: "rooms" }));
  } catch (refusal) {
    toast(tr("dialog-no-rooms", { why: why(refusal) }), "bad");
    return;
  }
  const find = input({ type: "search", placeholder: tr("browse-placeholder"), aria: { label: tr("browse-placeholder") } });
  const list = h("ul.plain.browse");
  const show = () => {
    const fits = rooms.filter((room) => !room.with && plain(room.room).includes(plain(find.value.trim())));
    list.replaceChildren(...(fits.length > 0 ? fits.map(line) : [h("li.t3", {}, tr("browse-nothing"))]));
  };
  const join = async (room) => {
    try {
      if (!room.joined) await connection.request({ type: "join", room: room.room });
      dialog.close();
      opened(room.room);
    } catch (refusal) {
      toast(tr("answer-not-joined", { why: why(refusal) }), "bad");
    }
  };
  const line = (room) => {
    const about = room.topic ? tr("browse-members-topic", { count: room.members, topic: room.topic }) : tr("browse-members", { count: room.members });
    const act = room.joined ? button("sm", tr("web-open"), () => join(room)) : button("pri.sm", tr("browse-join"), () => join(room));
    act.setAttribute("aria-label", `${act.textContent} #${room.room}`);
    return h("li.browse-row", {}, icon(roomIcon(room)), h("span.grow.names", {}, h("b.cut", {}, room.room), h("span.cut.t3.s12", {}, about)), act);
  };
  find.addEventListener("input", show);
  const dialog = openDialog({ title: tr("browse-title"), body: [find, list] });
  show();
  find.focus();
}

/** Sets the topic. */
export function setTopic(connection, room) {
  const topic = input({ value: room.topic, maxLength: 500 });
  const submit = () => connection.request({ type: "set_topic", room: room.room, topic: topic.value.trim() });
  form({ title: tr("topic-title", { room: room.room }), fields: [field(tr("topic-label"), topic, tr("topic-hint"))], yes: tr("topic-yes"), submit, explain: explain("answer-not-done") });
}

/** Brings somebody in, chosen from those who are known. */
export function addPerson(connection, account, room) {
  const who = input({ placeholder: tr("add-placeholder"), required: true });
  const known = h("datalist", { id: "known-people" }, ...[...account.users.values()].map((user) => h("option", { value: user.username }, user.name)));
  who.setAttribute("list", "known-people");
  const submit = async () => {
    const typed = who.value.trim().replace(/^@/, "");
    const user = [...account.users.values()].find((each) => each.username === typed.toLowerCase() || each.name === typed);
    await connection.request({ type: "invite_to_room", room: room.room, username: user?.username ?? typed.toLowerCase() });
    toast(tr("done-added", { who: user?.name ?? typed }));
  };
  form({ title: tr("add-title", { room: room.room }), fields: [field(tr("add-who"), who, tr("add-hint")), known], yes: tr("add-yes"), submit, explain: explain("answer-not-done") });
}

async function tell(connection, line, failed, done) {
  try {
    await connection.request(line);
    if (done) toast(done);
    return true;
  } catch (refusal) {
    toast(tr(failed, { why: why(refusal) }), "bad");
    return false;
  }
}

/** Opens the room of two with somebody. */
export async function openDirect(connection, account, username, opened) {
  try {
    const room = await connection.request({ type: "open_direct", username });
    opened(room.room);
  } catch (refusal) {
    toast(tr("answer-no-direct", { who: account.nameOf(username), why: why(refusal) }), "bad");
  }
}

function leave(connection, room) {
  const act = () => tell(connection, { type: "leave", room: room.room }, "answer-not-left", tr("answer-left", { room: room.room }));
  const about = tr(room.kind === "private" ? "confirm-leave-private" : "confirm-leave-public");
  ask({ title: tr("confirm-leave", { room: room.room }), about, yes: tr("confirm-leave-yes"), act });
}

function remove(connection, room) {
  const act = () => tell(connection, { type: "delete_room", room: room.room }, "answer-not-done", tr("done-deleted", { room: room.room }));
  ask({ title: tr("confirm-delete-room", { room: room.room }), about: tr("confirm-delete-room-about"), yes: tr("confirm-delete-room-yes"), act });
}

/** The menu of a room: what it tells one, its people, its topic, leaving it. */
export function roomMenu({ connection, account, room, people, files }) {
  const own = !["general", "broadcast"].includes(room.room) && room.kind !== "direct";
  const notify = (kind, sign) => ({
    icon: sign,
    label: tr(`menu-notify-${kind}`),
    checked: room.notify === kind,
    act: async () => {
      if (await tell(connection, { type: "set_notify", room: room.room, notify: kind }, "answer-not-done", tr("done-notify"))) {
        account.rooms.get(room.room).notify = kind;
        account.emit("rooms");
      }
    },
  });
  const adds = own || room.room === "general";
  return [
    { icon: "people", label: tr("header-people"), act: people },
    { icon: "folder", label: tr("web-files"), act: files },
    null,
    notify("all", "bell"), notify("mentions", "person"), notify("none", "bell-off"),
    null,
    adds && account.me.role !== "guest" && { icon: "person-plus", label: tr("menu-add-person"), act: () => addPerson(connection, account, room) },
    room.moderator && { icon: "edit", label: tr("menu-topic"), act: () => setTopic(connection, room) },
    own && { icon: "leave", label: tr("menu-leave"), act: () => leave(connection, room) },
    own && room.moderator && { icon: "trash", label: tr("menu-delete-room"), danger: true, act: () => remove(connection, room) },
  ];
}

const RANKS = ["guest", "member", "moderator", "admin", "owner"];

/** The menu of a person: write to them, and what one's rank allows. */
export function personMenu({ connection, account, room, user, mention, opened }) {
  const me = account.me;
  const self = user.username === me.username;
  const above = RANKS.indexOf(me.role) >= 2 && RANKS.indexOf(me.role) > RANKS.indexOf(user.role);
  const done = (line, said) => tell(connection, line, "answer-not-done", said);
  const who = { who: user.name };
  const act = (kind, line) => ask({
    title: tr(`confirm-${kind}`, { ...who, room: room.room }), about: tr(`confirm-${kind}-about`), yes: tr(`confirm-${kind}-yes`),
    reason: kind === "mute" ? null : tr("confirm-reason"),
    act: (reason) => done({ ...line, username: user.username, ...(kind !== "mute" && { reason }) }, tr({ remove: "done-removed", kick: "done-kicked", mute: "done-muted" }[kind], who)),
  });
  return [
    tr("menu-who", { username: `@${user.username}`, role: tr(`role-${user.role}`) }),
    !self && { icon: "direct", label: tr("menu-message"), act: () => openDirect(connection, account, user.username, opened) },
    { icon: "person", label: tr("web-mention"), act: () => mention(user) },
    !self && room.moderator && ["public", "private"].includes(room.kind) && { icon: "leave", label: tr("menu-remove"), act: () => act("remove", { type: "remove_from_room", room: room.room }) },
    above && !self && null,
    above && !self && { icon: "bell-off", label: tr("menu-mute"), act: () => act("mute", { type: "mute" }) },
    above && !self && { icon: "edit", label: tr("menu-unmute"), act: () => done({ type: "unmute", username: user.username }, tr("done-unmuted", who)) },
    above && !self && { icon: "alert", label: tr("menu-kick"), danger: true, act: () => act("kick", { type: "kick" }) },
  ];
}
