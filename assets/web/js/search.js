// The search panel: in the room in front, or everywhere.

import { avatar } from "./avatar.js";
import { button, h, icon, iconButton } from "./dom.js";
import { plain } from "./complete.js";
import { tr } from "./locale.js";
import { why } from "./refusal.js";
import { short, whole } from "./when.js";

// A query is sent once one has stopped typing for so many milliseconds.
const AFTER_TYPING = 250;
const PAGE = 30;
// What of a hit is shown.
const SHOWN = 220;

/** A text as runs, with the words that were looked for marked: `[{text, hit}]`. */
export function hits(text, query) {
  const words = plain(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const runs = [];
  // Folding may change a text's length: the two are walked side by side.
  const characters = [...text];
  const folded = characters.map((each) => plain(each) || each);
  for (let at = 0; at < characters.length; ) {
    const rest = folded.slice(at, at + 64).join("");
    const begins = at === 0 || !/[\p{L}\p{N}]/u.test(characters[at - 1]) || /\p{Script=Han}/u.test(characters[at]);
    const word = begins && words.find((each) => rest.startsWith(each));
    let count = 1;
    if (word) for (let length = folded[at].length; length < word.length; count++) length += folded[at + count].length;
    const piece = characters.slice(at, at + count).join("");
    if (runs.at(-1)?.hit === Boolean(word)) runs.at(-1).text += piece;
    else runs.push({ text: piece, hit: Boolean(word) });
    at += count;
  }
  return runs;
}

export class Search {
  #timer = null;
  #asked = 0;
  #hits = [];
  #more = false;

  /** `acts` has close(), open(room, seq), server(). */
  constructor(element, account, connection, acts) {
    Object.assign(this, { element, account, connection, acts, everywhere: false });
    this.field = h("input", { type: "search", placeholder: tr("search-placeholder"), aria: { label: tr("search-placeholder") }, autocomplete: "off", maxLength: 500 });
    this.field.addEventListener("input", () => this.#later());
    this.field.addEventListener("keydown", (event) => event.key === "Enter" && this.run());
    this.where = h("div.filters");
    this.state = h("div.search-state", { role: "status" });
    this.results = h("ul.plain.hits");
    this.more = button("gh.sm", tr("search-more"), () => this.#page());
  }

  /** Shows the panel; `everywhere` says over which rooms. */
  show(everywhere) {
    this.everywhere = everywhere;
    this.element.replaceChildren(
      h("header.ph", {}, h("h2.grow", {}, tr("search-title")), iconButton("close", tr("search-close"), this.acts.close, { key: "Esc" })),
      h("div.search-field", {}, h("div.inp", {}, icon("search", 16), this.field)),
      this.where,
      h("div.panel-body", {}, this.state, this.results, this.more),
      h("footer.panel-foot", {}, tr("search-where", { server: this.acts.server() })),
    );
    this.#filters();
    this.field.focus();
    this.field.select();
    this.run();
  }

  /** Looks for this. */
  find(query, everywhere) {
    this.field.value = query;
    this.show(everywhere);
  }

  #filters() {
    const room = this.account.rooms.get(this.account.front);
    const kinds = [room && [false, tr("search-here", { room: room.with ? this.account.title(room) : `#${room.room}` })], [true, tr("search-everywhere")]];
    this.where.replaceChildren(
      ...kinds.filter(Boolean).map(([everywhere, label]) =>
        h("button.filter", { type: "button", aria: { pressed: this.everywhere === everywhere }, onclick: () => this.#scope(everywhere) }, label),
      ),
    );
  }

  #scope(everywhere) {
    this.everywhere = everywhere;
    this.#filters();
    this.run();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.run(), AFTER_TYPING);
  }

  /** Asks the server anew. */
  run() {
    clearTimeout(this.#timer);
    this.#hits = [];
    this.#more = false;
    if (this.field.value.trim() === "") {
      this.#asked += 1;
      this.#say([tr("search-begin"), tr("search-begin-how")]);
      return;
    }
    this.#say([tr("search-waits")]);
    this.#page();
  }

  async #page() {
    const asked = ++this.#asked;
    const query = this.field.value.trim();
    const room = this.everywhere ? null : this.account.front;
    const last = this.#hits.at(-1);
    const before = last && (room ? last.seq : last.time);
    try {
      const found = await this.connection.request({ type: "search", query, limit: PAGE, ...(room && { room }), ...(before && { before }) });
      if (asked !== this.#asked) return;
      this.#hits.push(...found.hits);
      this.#more = found.more;
      const count = this.#hits.length;
      this.#say(count === 0 ? [tr("search-nothing", { query }), tr("search-nothing-how")] : [tr(found.more ? "search-found-more" : "search-found", { count })]);
    } catch (refusal) {
      if (asked === this.#asked) this.#say([tr("search-failed", { why: why(refusal.code === "lost" ? { code: "offline" } : refusal) })]);
    }
  }

  #say([title, text]) {
    this.state.className = text ? "search-state empty" : "search-state";
    this.state.replaceChildren(...(text ? [icon("search"), h("b", {}, title), h("span", {}, text)] : [title]));
    this.results.replaceChildren(...this.#hits.map((hit) => h("li", {}, this.#hit(hit))));
    this.more.hidden = !this.#more;
  }

  #hit(hit) {
    const name = this.account.nameOf(hit.from);
    const room = this.account.rooms.get(hit.room);
    const where = room?.with ? this.account.title(room) : `#${hit.room}`;
    const at = Math.max(0, hits(hit.text, this.field.value).findIndex((run) => run.hit) > 0 ? firstHit(hit.text, this.field.value) - 60 : 0);
    const text = (at > 0 ? "…" : "") + hit.text.slice(at, at + SHOWN).replace(/\s+/g, " ");
    const runs = hits(text, this.field.value).map((run) => (run.hit ? h("mark", {}, run.text) : run.text));
    return h(
      "button.hit",
      { type: "button", onclick: () => this.acts.open(hit.room, hit.seq) },
      avatar({ username: hit.from, name }, 24),
      h("span.grow", {}, h("span.hit-who", {}, h("b.cut", {}, name), h("span.grow.cut.t3", {}, where), h("time.t3", { title: whole(Date.parse(hit.time)) }, short(Date.parse(hit.time)))), h("span.hit-text", {}, ...runs)),
    );
  }
}

// Where in a text the first word that was looked for begins.
function firstHit(text, query) {
  const runs = hits(text.slice(0, 4_000), query);
  const first = runs.findIndex((run) => run.hit);
  return runs.slice(0, Math.max(0, first)).reduce((sum, run) => sum + run.text.length, 0);
}
