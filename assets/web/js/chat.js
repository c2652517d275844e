// The chat page: puts the parts together.

import { Actions } from "./actions.js";
import { TransferViews } from "./chips.js";
import { Commands } from "./commands.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { openPicture } from "./dialog.js";
import { closeEmoji } from "./emoji.js";
import { h, icon } from "./dom.js";
import { Header } from "./header.js";
import { listen, nextRegion } from "./keys.js";
import { List } from "./list.js";
import { tr } from "./locale.js";
import { closeMenu, openMenu } from "./menu.js";
import { MessageRows, spoken } from "./message.js";
import { openPages } from "./open-pages.js";
import { Outbox } from "./outbox.js";
import { Panel, showTransfers } from "./panel.js";
import { People } from "./people.js";
import { Pill } from "./pill.js";
import { why } from "./refusal.js";
import { addPerson, browseRooms, createRoom, openDirect, personMenu, roomMenu } from "./room-dialogs.js";
import { Search } from "./search.js";
import { boot, by, notices, sidebar } from "./shell.js";
import { Status } from "./status.js";
import { openSwitcher } from "./switcher.js";
import { choose, isLight } from "./theme.js";
import { toast } from "./toasts.js";
import { Transfers } from "./transfers.js";
import { Address } from "./address.js";
import { Uploads } from "./uploads.js";
import { roomOfHash } from "./hash.js";

const { account, connection, store } = await boot();
const { owner, lives } = await openPages();
const online = () => connection.online;

const outbox = new Outbox({ store, online, owner, send: (line) => connection.request(line) });
const transfers = new Transfers({ store, online, owner, most: () => account.server.file_bytes || Infinity });
const composer = new Composer({
  element: by("composer-area"), field: by("composer"), store,
  stock: () => ({ people: people.members(account.front).filter((user) => user.username !== account.me.username), rooms: [...account.rooms.values()].filter((room) => !room.with).map((room) => room.room) }),
});
const views = new TransferViews(
  transfers,
  { pause: (key) => transfers.pause(key), resume: (key) => transfers.resume(key), cancel: (key) => uploads.cancel(key), choose: (transfer) => uploads.choose(transfer) },
  () => account.server.file_bytes,
);
const uploads = new Uploads({
  account, composer, outbox, transfers, views,
  discard: (id) => connection.request({ type: "delete_file", file: id }).catch(() => {
    // It stays in the room's list, where it can be deleted.
  }),
});

new Commands({ account, connection, composer, outbox, send: (written) => uploads.send(written), opened: (room) => openRoom(room) });

const rows = new MessageRows(account, () => talk.timeline, {
  online,
  title: () => (talk.room.with ? account.title(talk.room) : `#${talk.room.room}`),
  jump: (seq) => talk.jump(seq),
  react: (entry, emoji, on) => actions.react(entry, emoji, on),
  retry: (nonce) => outbox.retry(nonce),
  discard: (nonce) => outbox.discard(nonce),
  picture: openPicture,
  again: () => talk.again(),
  changed: () => list.changed(),
  transfer: (key) => views.view(key, "fc"),
});
const list = new List(by("timeline"), by("messages"), {
  build: (row) => rows.build(row), sign: (row) => rows.sign(row), onView: (view) => talk.saw(view),
});
const talk = new Conversation({ account, connection, store, list });
const actions = new Actions({ content: by("messages"), account, connection, talk, composer });
const address = new Address(by("address"), account, connection);
const pill = new Pill(by("pill"), talk);

/** Brings a room to the front, for the reader. */
function openRoom(room, place = null) {
  if (!account.rooms.has(room)) {
    // The room is on its way: it is opened as soon as the server tells of it.
    wanted = room;
    return;
  }
  wanted = null;
  view("chat");
  if (room !== account.front || place) {
    if (room !== account.front) history.pushState({ room }, "", hrefOf(room));
    talk.open(room, place);
  }
  if (matchMedia("(hover: hover)").matches) toWriting();
}
let wanted = null;

// Where writing is not allowed, the keyboard is with what can be read.
function toWriting() {
  by(by("composer").disabled ? "timeline" : "composer").focus({ preventScroll: true });
}
account.on("rooms", () => wanted && account.rooms.has(wanted) && openRoom(wanted));

function hrefOf(room) {
  return `/chat.html#${encodeURIComponent(room)}`;
}

// On a phone, rooms and chat are two pages.
function view(name) {
  document.body.dataset.view = name;
}

const notify = notices({ account, store }, openRoom);
const people = new People(by("panel"), account, connection, {
  close: () => panel.close(),
  add: () => addPerson(connection, account, talk.room),
  menu: (button, user) =>
    openMenu(button, personMenu({ connection, account, room: talk.room, user, opened: openRoom, mention: () => composer.insert(`@${user.username} `) })),
});
const search = new Search(by("panel"), account, connection, {
  close: () => panel.close(),
  server: () => account.server.name,
  open: async (room, seq) => {
    if (panel.element.classList.contains("over")) panel.close();
    if (room !== account.front) openRoom(room, { key: seq, align: 0.3 });
    await talk.jump(seq);
  },
});
const panel = new Panel(by("panel"), store, {
  people: (shown) => {
    people.shown = shown;
    header.people.setAttribute("aria-pressed", String(shown));
    header.people.classList.toggle("on", shown);
    if (shown) people.render();
  },
  search: (shown, everywhere, query) => {
    header.search.classList.toggle("on", shown);
    if (shown && query) search.find(query, everywhere);
    else if (shown) search.show(everywhere);
  },
  transfers: (shown) => shown && showTransfers(by("panel"), transfers, views, () => panel.close()),
});
const header = new Header(by("header"), account, connection, {
  back: () => {
    history.pushState({ rooms: true }, "", "/chat.html");
    view("rooms");
    rooms.render();
  },
  search: () => panel.toggle("search"),
  files: () => location.assign(`/files.html#${encodeURIComponent(account.front)}`),
  people: () => panel.toggle("people"),
  menu: (button) => openMenu(button, roomMenu({ connection, account, room: talk.room, people: () => panel.toggle("people"), files: header.acts.files })),
});

const acts = {
  open: openRoom,
  href: hrefOf,
  jump: () => openSwitcher(account, commands, { open: openRoom, person: (username) => openDirect(connection, account, username, openRoom), searchAll: (query) => panel.open("search", true, query) }),
  search: () => {
    view("chat");
    panel.open("search", true);
  },
  add: (button) =>
    openMenu(button, [
      { icon: "plus", label: tr("menu-create-room"), act: () => createRoom(connection, openRoom) },
      { icon: "search", label: tr("menu-browse-rooms"), act: () => browseRooms(connection, openRoom) },
    ]),
  transfers: () => {
    view("chat");
    panel.open("transfers");
  },
};
const rooms = sidebar({ account, connection, store, notify, outbox }, acts);
const status = new Status({ bar: by("status"), strip: by("strip"), live: by("live"), connection, outbox, transfers, onTransfers: () => panel.toggle("transfers") });

function commands() {
  return [
    { icon: "theme", label: tr(isLight() ? "command-dark" : "command-light"), act: () => choose({ theme: isLight() ? "dark" : "light" }) },
    { icon: "plus", label: tr("command-create-room"), act: () => createRoom(connection, openRoom) },
    { icon: "hash", label: tr("command-browse-rooms"), act: () => browseRooms(connection, openRoom) },
    { icon: "search", label: tr("command-search"), act: () => panel.open("search", true) },
    { icon: "folder", label: tr("web-files"), act: () => location.assign("/files.html") },
  ];
}

// What is written goes out, and how it goes is shown.
composer.on("send", () => talk.wrote());
composer.on("typing", () => connection.tell({ type: "typing", room: account.front }));
composer.on("last", () => {
  const last = talk.timeline.lastOwn();
  if (last) composer.edit(last);
});
composer.on("edit", async ({ seq, text }) => {
  const room = account.front;
  try {
    await connection.request({ type: "edit", room, target: seq, text });
  } catch (refusal) {
    toast(tr("act-failed", { why: why(refusal.code === "lost" ? { code: "offline" } : refusal) }), "bad");
    const entry = account.front === room && talk.timeline.entry(seq);
    if (entry) composer.edit({ ...entry, text });
  }
});
outbox.on("outgoing", (outgoing) => {
  account.timeline(outgoing.room).putOutgoing(outgoing);
  if (outgoing.room === account.front) list.changed();
});
outbox.on("gone", ({ room, nonce, seq }) => {
  account.timeline(room).dropOutgoing(nonce, seq);
  if (room === account.front) list.changed();
});
account.on("mine", (line) => outbox.arrived(line.nonce, line.seq));
account.on("left", (room) => outbox.dropRoom(room));
transfers.on("changed", () => panel.kind === "transfers" && transfers.all.size !== by("panel").querySelectorAll(".tline").length && panel.views.transfers(true));
transfers.on("gone", () => panel.kind === "transfers" && panel.views.transfers(true));

// What changes around the talk.
function frame() {
  if (!talk.room) return;
  header.render();
  address.render();
  const title = talk.room.with ? account.title(talk.room) : `#${talk.room.room}`;
  composer.allow(talk.room.can_send, tr(talk.room.can_send ? "placeholder" : "cannot-send", { room: title }));
}
for (const topic of ["rooms", "people", "me"]) account.on(topic, frame);
account.on("people", () => list.changed());
account.on("typing", () => address.render());
connection.on("state", () => (frame(), list.changed()));
talk.on("opened", (room) => {
  composer.open(room);
  uploads.show();
  people.load();
  frame();
  notify.title();
  rooms.render();
  if (people.shown) people.render();
  by("messages").setAttribute("aria-label", tr("web-messages", { room: account.title(talk.room) }));
});
talk.on("view", () => pill.render());
talk.on("failed", ([id, refusal]) => toast(tr(id, { why: why(refusal) }), "bad"));
account.on("timeline", () => pill.render());
account.on("message", ({ line, room }) => {
  if (room.room !== account.front || document.hidden) return;
  by("live").textContent = tr("web-spoken", { name: account.nameOf(line.from), time: "", text: spoken(line.text, line.files ?? []).slice(0, 300) });
});

connection.on("session", ({ resumed }) => {
  if (!resumed) begin();
  else if (talk.room) people.load();
  else if (account.firstRoom()) talk.open(account.firstRoom());
  outbox.flush();
  transfers.flush();
});

// The first session of the page: the place that was left, else the room of the address, else #general.
function begin() {
  const kept = outbox.load(lives);
  for (const entry of kept) if (entry.state !== "uploading") account.timeline(entry.room).putOutgoing(entry);
  const place = store.get("place");
  const asked = roomOfHash();
  const room = [asked, place?.room].find((each) => account.rooms.has(each)) ?? account.firstRoom();
  history.replaceState({ room }, "", room ? hrefOf(room) : "/chat.html");
  view("chat");
  if (room) talk.open(room, place?.room === room ? place : null);
  uploads.restore(kept, lives);
  if (room) uploads.show();
  panel.restore();
  if (matchMedia("(hover: hover)").matches && document.activeElement === document.body) toWriting();
}

addEventListener("popstate", ({ state }) => {
  if (state?.rooms) return view("rooms");
  const room = roomOfHash();
  view("chat");
  if (account.rooms.has(room) && room !== account.front) talk.open(room);
});

uploads.listen(by("main"), (count) => tr("web-drop", { count }));

const go = (back, unread) => () => {
  const room = account.nextRoom(back, unread);
  if (room) openRoom(room);
};
const regions = () => [by("sidebar"), by("timeline"), by("composer"), by("panel")];
listen({
  jump: acts.jump,
  search: () => panel.open("search", false),
  searchAll: () => panel.open("search", true),
  people: () => panel.toggle("people"),
  transfers: () => panel.toggle("transfers"),
  upload: () => composer.files.click(),
  roomAbove: go(true, false),
  roomBelow: go(false, false),
  unreadAbove: go(true, true),
  unreadBelow: go(false, true),
  region: () => nextRegion(regions(), false),
  regionBefore: () => nextRegion(regions(), true),
  escape: () => {
    if (closeMenu() || closeEmoji() || panel.close()) return toWriting();
    if (composer.cancel()) return toWriting();
    talk.toNow();
    toWriting();
  },
});

// In the talk the arrows go from message to message.
by("timeline").addEventListener("keydown", (event) => {
  if (actions.key(event)) return event.preventDefault();
  if (event.altKey || event.ctrlKey || !["ArrowUp", "ArrowDown", "End"].includes(event.key)) return;
  if (event.target.closest("pre")) return;
  event.preventDefault();
  if (event.key === "End") return talk.toNow();
  const line = event.target.closest(".line");
  const key = talk.timeline.neighbour(line ? Number(line.dataset.key) : null, event.key === "ArrowUp");
  if (key === null) return event.key === "ArrowDown" && toWriting();
  const node = list.node(key)?.querySelector(".msg");
  node?.focus({ preventScroll: true });
  node?.scrollIntoView({ block: "nearest" });
});

by("timeline").setAttribute("aria-label", tr("web-talk"));
by("skip").textContent = tr("web-skip");
by("panel").setAttribute("aria-label", tr("people-title"));
by("status").setAttribute("aria-label", tr("web-link"));
status.render();
connection.start();
