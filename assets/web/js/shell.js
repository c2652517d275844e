// What every page has: who one is, the connection, the sidebar, the status bar, the end of a session.

import { Account } from "./account.js";
import { avatar } from "./avatar.js";
import { Connection } from "./connection.js";
import { openDialog, ask } from "./dialog.js";
import { h, icon, iconButton } from "./dom.js";
import { loadLocale, tr } from "./locale.js";
import { openMenu } from "./menu.js";
import { Notify } from "./notify.js";
import { why } from "./refusal.js";
import { Rooms } from "./rooms.js";
import { openSettings } from "./settings.js";
import { Store } from "./store.js";
import { choose, isLight } from "./theme.js";
import { toast } from "./toasts.js";

const ASSETS = new URL("..", import.meta.url).href;
const SUBPROTOCOL = "parlor.1";

/** The element with this id. */
export function by(id) {
  return document.getElementById(id);
}

function open(resumes) {
  const url = new URL(resumes ? "/ws?resume" : "/ws", location.href);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  return new WebSocket(url, SUBPROTOCOL);
}

// Asked when a WebSocket is refused: a dead session answers 401, a dead server nothing.
async function alive() {
  try {
    const answer = await fetch("/chat.html", { method: "HEAD", cache: "no-store", redirect: "manual" });
    return answer.status !== 401;
  } catch {
    return true;
  }
}

/** Reads what the page was given, and makes what all pages share. */
export async function boot() {
  const { username, name, role, server, language, fileBytes, features } = document.body.dataset;
  await loadLocale(language, ASSETS);
  const account = new Account({
    me: { username, name, role, presence: "online", status: "" },
    server: { name: server, file_bytes: Number(fileBytes), features: (features ?? "").split(/[\s,]+/).filter(Boolean) },
  });
  const connection = new Connection({ open, alive, cursors: () => account.cursors() });
  connection.on("session", (session) => account.signedIn(session));
  connection.on("event", (line) => account.apply(line));
  connection.on("state", (state) => state.kind === "over" && ended(account, state.why));
  account.on("alert", ({ by: from, text }) => toast(tr("session-alert", { by: account.nameOf(from), text }), "bad"));
  account.on("stranger", (username) => introduce(account, connection, username));
  for (const event of ["online", "visibilitychange", "pageshow"]) {
    addEventListener(event, () => document.hidden || connection.check());
  }
  return { account, connection, store: new Store(username) };
}

// Somebody of a room of two who is in no list yet: their name is among that room's members.
async function introduce(account, connection, username) {
  const room = [...account.rooms.values()].find((each) => each.with === username);
  if (!room) return;
  try {
    const { users } = await connection.request({ type: "members", room: room.room, limit: 10 });
    for (const user of users) account.users.set(user.username, user);
    account.emit("people");
    account.emit("rooms");
  } catch {
    // The username stands for the name until the next session.
  }
}

// The session is over: the page says why, and leads to the sign-in and back here. The room
// is kept in the browser; the way back names the page alone.
function ended(account, refusal) {
  const next = encodeURIComponent(location.pathname);
  const reasons = {
    kicked: () => tr("web-kicked", { by: account.nameOf(refusal.by), why: refusal.reason || tr("web-no-reason") }),
    banned: () => why(refusal),
    signed_out: () => tr("web-signed-out"),
  };
  const text = (reasons[refusal?.code] ?? (() => tr("web-ended")))();
  const link = h("a.btn.pri", { href: `/login.html?next=${next}` }, tr("status-sign-in-again"));
  const { dialog } = openDialog({ title: tr("status-signed-out"), kind: "ended", body: h("p.t2", {}, text), actions: [link] });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  link.focus();
}

/** Fills the sidebar. `acts` has open(room), href(room), add(button), jump(), menuItems(). */
export function sidebar({ account, connection, store, notify, outbox }, acts) {
  const side = by("sidebar");
  side.setAttribute("aria-label", tr("sidebar-rooms"));
  const tile = h("span.tile", { aria: { hidden: true } });
  const name = h("span.side-name.cut");
  const below = h("span.side-below.cut");
  const menu = iconButton("more", tr("more"), () => openMenu(menu, serverMenu({ account, connection, notify, store, outbox }, acts)), { aria: { label: tr("more"), haspopup: "menu" } });
  const find = iconButton("search", tr("search-title"), acts.search, { class: "narrow" });
  const jump = h("button.jump", { type: "button", onclick: acts.jump, title: tr("keys-jump-does") }, icon("search", 16), h("span.grow", {}, tr("sidebar-jump")), h("span.kbd", {}, tr("keys-jump")));
  const scroll = h("div.side-scroll");
  const rooms = new Rooms(scroll, account, connection, acts);
  scroll.append(
    h("div.sec", {}, h("h2.grow", {}, tr("web-files"))),
    h("a.item", { href: "/files.html", aria: { current: location.pathname === "/files.html" ? "page" : null }, class: location.pathname === "/files.html" ? "on" : "" }, icon("folder", 16), h("span.grow.cut", {}, tr("web-all-files"))),
  );
  if (acts.transfers) {
    scroll.append(h("button.item", { type: "button", onclick: acts.transfers }, icon("upload", 16), h("span.grow.cut", {}, tr("web-transfers"))));
  }
  const note = h("div.note.narrow", {}, icon("lock"), h("span", {}, tr("web-desktop-only")));
  const me = h("div.me");
  side.append(h("header.switch", {}, tile, h("span.grow.names", {}, name, below), find, menu), jump, scroll, note, me);
  const show = () => {
    name.textContent = account.server.name;
    below.replaceChildren(account.me.name, ...(connection.online ? [" · ", h("span.ok", {}, tr("web-connected"))] : []));
    tile.textContent = tileOf(account.server.name);
    const gear = iconButton("gear", tr("sidebar-settings"), () => openSettings({ account, connection, notify }));
    me.replaceChildren(
      avatar(account.me, 28, connection.online ? "online" : "unknown"),
      h("span.grow.names", {}, h("b.cut", {}, account.me.name), h("span.cut.t3.s12", {}, account.me.status || `@${account.me.username}`)), gear,
    );
  };
  account.on("me", show);
  connection.on("state", show);
  show();
  rooms.render();
  return rooms;
}

// The letters of a server: of its words, or of a word and its number.
function tileOf(name) {
  const words = name.split(/\s+/u).filter(Boolean);
  return words.map((word) => [...word][0]).join("").slice(0, 2).toUpperCase();
}

function serverMenu({ account, connection, notify, store, outbox }, acts) {
  const light = isLight();
  return [
    ...(acts.menuItems?.() ?? []),
    { icon: "theme", label: tr(light ? "command-dark" : "command-light"), act: () => choose({ theme: light ? "dark" : "light" }) },
    { icon: "gear", label: tr("menu-settings"), act: () => openSettings({ account, connection, notify }) },
    { icon: "server", label: tr("web-overview"), act: () => location.assign("/index.html") },
    null,
    { icon: "leave", label: tr("menu-sign-out"), act: () => signOut(store, outbox) },
  ];
}

// On a borrowed machine nothing stays: what is not sent would be lost, so it is asked first.
function signOut(store, outbox) {
  const act = () => {
    outbox?.stop?.();
    store.clear();
    const form = h("form", { method: "post", action: "/logout", hidden: true });
    document.body.append(form);
    form.submit();
  };
  const waiting = outbox?.waiting ?? 0;
  const about = waiting > 0 ? tr("confirm-sign-out-waiting", { count: waiting }) : tr("web-sign-out-about");
  ask({ title: tr("web-sign-out-question"), about, yes: tr("confirm-sign-out-yes"), danger: waiting > 0, act });
}

/** The notifications and the title of a page. */
export function notices({ account, store }, openRoom) {
  return new Notify(account, store, openRoom);
}
