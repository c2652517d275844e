// The files page: what is in the rooms, found, sorted, fetched, added, deleted.

import { TransferViews } from "./chips.js";
import { by, boot, notices, sidebar } from "./shell.js";
import { eachFrame, h, icon, iconButton } from "./dom.js";
import { listen, nextRegion } from "./keys.js";
import { tr } from "./locale.js";
import { Files } from "./file-list.js";
import { openMenu } from "./menu.js";
import { openPages } from "./open-pages.js";
import { browseRooms, createRoom, openDirect } from "./room-dialogs.js";
import { Status } from "./status.js";
import { openSwitcher } from "./switcher.js";
import { choose, isLight } from "./theme.js";
import { toast } from "./toasts.js";
import { fingerprint, Transfers } from "./transfers.js";
import { roomOfHash } from "./hash.js";

const { account, connection, store } = await boot();
const toRoom = (room) => location.assign(`/chat.html#${encodeURIComponent(room)}`);
const notify = notices({ account, store }, toRoom);
const { owner, lives } = await openPages();
const transfers = new Transfers({ store, owner, online: () => connection.online, most: () => account.server.file_bytes || Infinity });
const views = new TransferViews(
  transfers,
  { pause: (key) => transfers.pause(key), resume: (key) => transfers.resume(key), cancel: (key) => transfers.cancel(key), choose: again },
  () => account.server.file_bytes,
);

const picker = h("input", { type: "file", multiple: true, hidden: true });
picker.addEventListener("change", () => {
  add([...picker.files]);
  picker.value = "";
});
const waiting = h("div.fwait", { role: "region", aria: { label: tr("web-transfers") } });
const files = new Files({ account, connection, upload: () => picker.click() });
by("main").append(files.head, files.bar, waiting, files.body, files.foot, picker);
by("main").prepend(h("div.strip", { id: "strip", hidden: true }));

// The room that files go to: the one chosen, else #general.
function target() {
  return account.rooms.get(files.room) ?? account.rooms.get("general");
}

function add(chosen) {
  const room = target();
  if (!room) return;
  for (const file of chosen) transfers.add(file, room.room);
}

function again(transfer) {
  const input = h("input", { type: "file", hidden: true });
  input.addEventListener("change", () => {
    const file = input.files[0];
    if (file && fingerprint(file, transfer.room) === transfer.mark) transfers.add(file, transfer.room);
    else if (file) toast(tr("web-another-file", { name: transfer.name }), "bad");
  });
  input.click();
}

const showWaiting = eachFrame(() => waiting.replaceChildren(...[...transfers.all.keys()].map((key) => views.view(key, "tline")).filter(Boolean)));
transfers.on("gone", showWaiting);
transfers.on("changed", () => waiting.children.length !== transfers.all.size && showWaiting());
transfers.on("done", (transfer) => {
  const room = account.rooms.get(transfer.room);
  toast(tr("web-files-uploaded", { name: transfer.name, room: room?.with ? account.title(room) : `#${transfer.room}` }));
  transfers.forget(transfer.key);
  files.load();
});

const acts = {
  open: toRoom,
  href: (room) => `/chat.html#${encodeURIComponent(room)}`,
  search: () => by("find").focus(),
  jump: () => openSwitcher(account, commands, { open: toRoom, person: (username) => openDirect(connection, account, username, toRoom), searchAll: toRoom }),
  add: (button) =>
    openMenu(button, [
      { icon: "plus", label: tr("menu-create-room"), act: () => createRoom(connection, toRoom) },
      { icon: "search", label: tr("menu-browse-rooms"), act: () => browseRooms(connection, toRoom) },
    ]),
};
function commands() {
  return [{ icon: "theme", label: tr(isLight() ? "command-dark" : "command-light"), act: () => choose({ theme: isLight() ? "dark" : "light" }) }];
}
sidebar({ account, connection, store, notify }, acts);
files.head.prepend(iconButton("chevron-left", tr("web-back"), () => (document.body.dataset.view = "rooms"), { class: "back" }));
const status = new Status({ bar: by("status"), strip: by("strip"), live: by("live"), connection, transfers, onTransfers: () => waiting.scrollIntoView() });

const veil = h("div.drop", { hidden: true }, icon("upload"), h("b", {}));
by("main").append(veil);
const has = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragover", (event) => {
  event.preventDefault();
  if (!has(event) || !target()) return;
  veil.hidden = false;
  veil.lastChild.textContent = tr("web-files-upload-to", { room: target().with ? account.title(target()) : `#${target().room}` });
});
addEventListener("dragleave", (event) => event.relatedTarget === null && (veil.hidden = true));
addEventListener("drop", (event) => {
  event.preventDefault();
  veil.hidden = true;
  if (has(event)) add([...event.dataTransfer.files]);
});

listen({
  jump: acts.jump,
  search: () => by("find").focus(),
  upload: () => picker.click(),
  region: () => nextRegion([by("sidebar"), by("find"), by("flist")], false),
  regionBefore: () => nextRegion([by("sidebar"), by("find"), by("flist")], true),
});

connection.on("session", ({ resumed }) => {
  if (!resumed) {
    files.begin(roomOfHash());
    transfers.load(lives);
  }
  files.load();
  transfers.flush();
});
// A message with files is the news that there are new ones.
account.on("message", ({ line }) => line.files?.length > 0 && files.later());
account.on("mine", (line) => line.files?.length > 0 && files.later());

by("skip").textContent = tr("web-files-find");
by("status").setAttribute("aria-label", tr("web-link"));
status.render();
connection.start();
