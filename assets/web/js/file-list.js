// The list of files: of one room or all, by name and kind, in the order that is wanted.

import { ask } from "./dialog.js";
import { button, h, icon, iconButton } from "./dom.js";
import { plain } from "./complete.js";
import { addressOf, fileIcon, fileName } from "./filecard.js";
import { tr } from "./locale.js";
import { why } from "./refusal.js";
import { toast } from "./toasts.js";
import { bytes, short, whole } from "./when.js";

const PAGE = 200;
const ARCHIVE = /\.(?:zip|tar|gz|zst|xz|bz2|7z|rar|tgz)$/i;
// Several files that come at once make for one new list.
const LATER = 600;

const KINDS = {
  any: () => true,
  pictures: (file) => file.mime.startsWith("image/"),
  archives: (file) => ARCHIVE.test(file.name),
  documents: (file) => !file.mime.startsWith("image/") && !ARCHIVE.test(file.name),
};
const ORDERS = {
  newest: (a, b) => b.time.localeCompare(a.time),
  name: (a, b) => a.name.localeCompare(b.name),
  largest: (a, b) => b.size - a.size,
};

function select(label, choices, act) {
  const options = choices.map(([value, words]) => h("option", { value }, words));
  return h("select.sel", { aria: { label }, onchange: (event) => act(event.target.value) }, ...options);
}

export class Files {
  room = "";
  #all = [];
  #more = false;
  #failed = null;
  #asked = 0;
  #timer = null;
  #kind = "any";
  #order = "newest";

  constructor({ account, connection, upload }) {
    Object.assign(this, { account, connection });
    this.upload = h("button.btn.pri", { type: "button", onclick: upload }, icon("upload", 16), h("span", {}, tr("web-files-upload")));
    this.head = h("header.head", {}, h("span.head-sign", {}, icon("folder")), h("h1.grow", {}, tr("web-files")), this.upload);
    this.find = h("input", { id: "find", type: "search", placeholder: tr("web-files-find"), aria: { label: tr("web-files-find") }, autocomplete: "off", oninput: () => this.render() });
    this.rooms = select(tr("web-files-room"), [["", tr("web-files-all-rooms")]], (room) => {
      this.room = room;
      history.replaceState(null, "", room ? `#${encodeURIComponent(room)}` : "/files.html");
      this.load();
    });
    const kinds = select(tr("web-files-kind"), Object.keys(KINDS).map((kind) => [kind, tr(`web-files-${kind}`)]), (kind) => {
      this.#kind = kind;
      this.render();
    });
    const orders = select(tr("web-files-sort"), Object.keys(ORDERS).map((order) => [order, tr(`web-files-${order}`)]), (order) => {
      this.#order = order;
      this.render();
    });
    this.bar = h("div.fbar", { role: "search" }, h("div.inp", {}, icon("search", 16), this.find), this.rooms, kinds, orders);
    this.body = h("div.flist", { id: "flist", tabIndex: 0, role: "region", aria: { label: tr("web-files") } });
    this.foot = h("footer.ffoot", {});
    account.on("rooms", () => this.#listRooms());
    account.on("people", () => this.render());
  }

  /** Begins with a room, if it is one of one's own. */
  begin(room) {
    if (this.account.rooms.has(room)) this.room = room;
    this.#listRooms();
  }

  #listRooms() {
    const known = this.account.sidebar().map((room) => [room.room, room.with ? this.account.title(room) : `#${room.room}`]);
    const options = [["", tr("web-files-all-rooms")], ...known].map(([value, words]) => h("option", { value, selected: value === this.room }, words));
    this.rooms.replaceChildren(...options);
    const room = this.account.rooms.get(this.room) ?? this.account.rooms.get("general");
    this.upload.title = room ? tr("web-files-upload-to", { room: room.with ? this.account.title(room) : `#${room.room}` }) : "";
    this.upload.disabled = !room?.can_send;
  }

  /** Asks for the list soon. */
  later() {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.load();
    }, LATER);
  }

  /** Asks for the list anew. */
  load() {
    return this.#ask([]);
  }

  async #ask(known) {
    const asked = ++this.#asked;
    const room = this.room || undefined;
    const before = known.at(-1)?.id;
    try {
      const page = await this.connection.request({ type: "files", limit: PAGE, ...(room && { room }), ...(before && { before }) });
      if (asked !== this.#asked) return;
      this.#all = known.concat(page.files);
      this.#more = page.more;
      this.#failed = null;
    } catch (refusal) {
      if (asked !== this.#asked) return;
      this.#failed = refusal;
    }
    this.render();
  }

  /** Shows what fits what is asked for. */
  render() {
    const typed = plain(this.find.value.trim());
    const shown = this.#all.filter((file) => KINDS[this.#kind](file) && plain(file.name).includes(typed)).sort(ORDERS[this.#order]);
    if (this.#failed && this.#all.length === 0) this.#say(tr("web-files-failed", { why: why(this.#failed) }), "");
    else if (this.#all.length === 0) this.#say(tr("web-files-none"), tr("web-files-none-how"));
    else if (shown.length === 0) this.#say(tr("web-files-nothing", { query: this.find.value }), tr("web-files-nothing-how"));
    else this.body.replaceChildren(this.#table(shown), ...(this.#more ? [button("gh.sm", tr("web-files-more"), () => this.#ask(this.#all))] : []));
    const size = bytes(shown.reduce((sum, file) => sum + file.size, 0));
    const args = { count: shown.length, size, server: this.account.server.name };
    this.foot.replaceChildren(h("span", { role: "status" }, tr(this.#more ? "web-files-count-some" : "web-files-count", args)), h("span.grow"), h("span.hint-drop", {}, tr("web-files-drop-hint")));
  }

  #say(title, text) {
    this.body.replaceChildren(h("div.empty", {}, icon("folder"), h("b", {}, title), h("span", {}, text)));
  }

  #table(files) {
    const columns = ["name", "from", "room", "size", "when"];
    const words = { name: "web-files-column-name", from: "web-files-column-from", room: "web-files-room", size: "web-files-column-size", when: "web-files-column-when" };
    const head = h("tr", {}, h("th", {}, h("span.unseen", {}, tr("web-files-kind"))), ...columns.map((each) => h(`th.c-${each}`, { scope: "col" }, tr(words[each]))), h("th", {}, h("span.unseen", {}, tr("more"))));
    return h("table.ftable", {}, h("thead", {}, head), h("tbody", {}, ...files.map((file) => this.#row(file))));
  }

  #row(file) {
    const room = this.account.rooms.get(file.room);
    const where = room?.with ? this.account.title(room) : `#${file.room}`;
    const who = this.account.nameOf(file.by);
    const time = Date.parse(file.time);
    const label = tr("web-download", { name: file.name });
    const mayDelete = file.by === this.account.me.username || room?.moderator;
    return h(
      "tr",
      {},
      h("td", {}, icon(fileIcon(file))),
      h("td.c-name", {}, fileName(file.name), h("span.below.cut", {}, [who, where, bytes(file.size), short(time)].join(" · "))),
      h("td.c-from", { title: `@${file.by}` }, who),
      h("td.c-room", {}, h("a", { href: `/chat.html#${encodeURIComponent(file.room)}` }, where)),
      h("td.c-size", {}, bytes(file.size)),
      h("td.c-when", { title: whole(time) }, short(time)),
      h(
        "td",
        {},
        h(
          "span.frow-acts",
          {},
          mayDelete && iconButton("trash", tr("web-files-delete", { name: file.name }), () => this.#delete(file)),
          h("a.ib", { href: addressOf(file.id), download: file.name, title: label, aria: { label } }, icon("download")),
        ),
      ),
    );
  }

  #delete(file) {
    const act = async () => {
      try {
        await this.connection.request({ type: "delete_file", file: file.id });
        toast(tr("web-files-deleted", { name: file.name }));
      } catch (refusal) {
        toast(tr("act-failed", { why: why(refusal) }), "bad");
      }
      this.load();
    };
    ask({ title: tr("web-files-delete-question", { name: file.name }), about: tr("web-files-delete-about"), yes: tr("delete-yes"), act });
  }
}
