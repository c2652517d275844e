// A row of the timeline, as an element.

import { avatar } from "./avatar.js";
import { h, icon } from "./dom.js";
import { why } from "./refusal.js";
import { fileCard } from "./filecard.js";
import { tr } from "./locale.js";
import { marked } from "./marked.js";
import { action, folded } from "./markup.js";
import { names } from "./markup/mention.js";
import { clock, day, whole } from "./when.js";

// What of a message stands in a quote.
const QUOTED = 160;

export class MessageRows {
  // Texts that the reader unfolded, by key.
  #open = new Set();

  /**
   * `account`; `timeline()` is the one in front; `acts` has jump(seq), react(entry, emoji),
   * retry(nonce), discard(nonce), picture(file), again(which), progress(transfer).
   */
  constructor(account, timeline, acts) {
    Object.assign(this, { account, timeline, acts });
  }

  /** What a row shows, in a string: a row is built anew when it changes. */
  sign(row) {
    const line = row.entry?.revision ?? (row.pending && `${row.pending.state}${row.pending.files.length}`) ?? row.edge;
    const kept = row.key === this.timeline().lastKept();
    const marked = row.key === this.timeline().marked;
    const quoted = this.#quotedOf(row)?.revision ?? "";
    const open = this.#open.has(row.key);
    const name = row.entry ? this.account.nameOf(row.entry.from ?? row.entry.username) : "";
    return [row.kind, line, row.head, row.divider, row.day, kept, marked, quoted, open, name, this.timeline().empty].join();
  }

  #quotedOf(row) {
    const replyTo = row.entry?.replyTo ?? row.pending?.replyTo;
    return replyTo ? this.timeline().entry(replyTo) : null;
  }

  /** The row's element. */
  build(row) {
    const before = [
      row.day !== null && h("div.day", { role: "separator" }, h("span", {}, day(row.day))),
      row.divider && h("div.new", { role: "separator" }, h("span", {}, tr("new-messages"))),
    ];
    return h("li.line", { data: { key: row.key } }, ...before, this.#line(row));
  }

  #line(row) {
    if (row.kind === "start" || row.kind === "tail") return this.#edge(row);
    if (row.kind === "system") return this.#system(row.entry);
    return this.#message(row);
  }

  #edge({ kind, edge }) {
    const which = kind === "start" ? "older" : "newer";
    if (edge === "failed") {
      const again = h("button.btn.gh.sm", { type: "button", onclick: () => this.acts.again() }, tr("load-again"));
      return h("div.edge", {}, tr(`${which}-failed`), again);
    }
    if (edge !== "end") return h("div.edge", {}, tr(this.acts.online() ? `${which}-loading` : `${which}-offline`));
    if (kind === "tail") return h("div.edge");
    if (this.timeline().empty) {
      return h("div.empty", {}, icon("hash"), h("b", {}, tr("room-empty")), h("span", {}, tr("room-empty-what")));
    }
    return h("div.edge", {}, tr("room-start", { room: this.acts.title() }));
  }

  #system(entry) {
    const time = clock(entry.time);
    const by = entry.by && this.account.nameOf(entry.by);
    const who = entry.what === "topic" ? by : (entry.name ?? this.account.nameOf(entry.username));
    const signs = { joined: "person-plus", left: "leave", topic: "edit" };
    let text;
    if (entry.what === "joined") text = by ? tr("joined-by", { by, time }) : tr("joined", { time });
    else if (entry.what === "topic") text = entry.topic ? tr("topic-set", { topic: entry.topic, time }) : tr("topic-removed", { time });
    else if (!by) text = tr("left", { time });
    else text = entry.reason ? tr("put-out-why", { by, why: entry.reason, time }) : tr("put-out", { by, time });
    return h("div.sys", { title: whole(entry.time) }, icon(signs[entry.what], 14), h("span", {}, h("b", {}, who), ` ${text}`));
  }

  #message(row) {
    const mine = row.pending !== undefined;
    const entry = row.entry ?? { ...row.pending, from: this.account.me.username, time: row.pending.written, reactions: [] };
    const name = this.#author(entry);
    const mentions = !mine && entry.from !== this.account.me.username && names(entry.text, this.account.me.username);
    const classes = [row.head && "first", mentions && "men", mine && "pend", row.key === this.timeline().marked && "found"];
    const text = [
      row.head && this.#quote(entry),
      row.head && h("div.who", {}, h("b", {}, name), h("time", { dateTime: new Date(entry.time).toISOString(), title: whole(entry.time) }, clock(entry.time))),
      this.#text(row, entry),
      this.#files(entry, row.pending),
      this.#reactions(entry),
      this.#failure(row.pending),
    ];
    return h(
      "div.msg",
      { class: classes.filter(Boolean).join(" "), tabIndex: -1, data: { focus: "row" }, role: "article", aria: { label: this.#spoken(entry, name) } },
      row.head
        ? avatar({ username: entry.from, name }, 32)
        : h("time.gt", { dateTime: new Date(entry.time).toISOString(), aria: { hidden: true } }, clock(entry.time)),
      h("div.cell", {}, ...text),
      this.#state(row, mine),
    );
  }

  // Those who are known are shown by the name they have now, as everywhere else.
  #author(entry) {
    return this.account.users.get(entry.from)?.name ?? entry.name ?? entry.from;
  }

  #spoken(entry, name) {
    const text = entry.deleted ? tr("deleted") : spoken(entry.text, entry.files);
    return tr("web-spoken", { name, time: clock(entry.time), text: text.slice(0, 500) });
  }

  #quote(entry) {
    if (!entry.replyTo) return null;
    const quoted = this.timeline().entry(entry.replyTo);
    const jump = () => this.acts.jump(entry.replyTo);
    const what = !quoted
      ? [tr("quote-elsewhere")]
      : quoted.deleted
        ? [tr("quote-deleted")]
        : [h("b", {}, this.#author(quoted)), h("span.cut", {}, excerpt(quoted))];
    return h("button.quote", { type: "button", onclick: jump, data: { focus: "quote" } }, icon("reply", 14), ...what);
  }

  #text(row, entry) {
    if (entry.deleted) return h("div.txt.t3", {}, tr("deleted"));
    const edited = entry.edited && h("span.edited", {}, tr("edited"));
    if (entry.text === "") return edited || null;
    const done = action(entry.text);
    if (done !== null) {
      return h("div.txt.act", {}, h("b", {}, this.#author(entry)), " ", ...inlineOf(done, this.account.me.username), edited && " ", edited);
    }
    const short = this.#open.has(row.key) ? null : folded(entry.text);
    const blocks = marked(short ?? entry.text, this.account.me.username);
    if (edited) place(blocks, edited);
    const all = short !== null && h("button.btn.gh.sm", { type: "button", data: { focus: "all" }, onclick: () => this.#unfold(row.key) }, tr("show-all"));
    return h("div.txt", {}, ...blocks, all);
  }

  #unfold(key) {
    this.#open.add(key);
    this.acts.changed();
  }

  #files(entry, pending) {
    const waiting = (pending?.transfers ?? []).map((transfer) => this.acts.transfer(transfer)).filter(Boolean);
    if (entry.files.length === 0 && waiting.length === 0) return null;
    return h("div.files", {}, ...entry.files.map((file) => fileCard(file, this.acts.picture)), ...waiting);
  }

  #reactions(entry) {
    if (entry.reactions.length === 0) return null;
    return h("div.re", {}, ...entry.reactions.map((reaction) => this.#reaction(entry, reaction)));
  }

  #reaction(entry, { emoji, count, by, mine }) {
    const known = by.map((username) => this.account.nameOf(username)).join(", ");
    const title = tr("reacted", { names: known, others: count - by.length });
    return h(
      "button.rea",
      {
        type: "button", title, class: mine ? "mine" : "", data: { focus: `re${emoji}` },
        aria: { pressed: mine, label: `${emoji} ${count}: ${title}` }, onclick: () => this.acts.react(entry, emoji, !mine),
      },
      h("span.emoji", {}, emoji), String(count),
    );
  }

  #failure(pending) {
    if (pending?.state !== "failed") return null;
    return h(
      "div.fail",
      {},
      h("span", {}, tr("not-sent", { why: why(pending.why) })),
      h("button.btn.gh.sm", { type: "button", onclick: () => this.acts.retry(pending.nonce) }, tr("try-again")),
      h("button.btn.gh.sm", { type: "button", onclick: () => this.acts.discard(pending.nonce) }, tr("discard")),
    );
  }

  #state(row, mine) {
    let state = null;
    if (mine) state = row.pending.state === "failed" ? ["alert", "state-failed", "bad"] : ["clock", "state-waiting", ""];
    else if (row.key === this.timeline().lastKept()) state = ["check", "state-sent", ""];
    if (!state) return h("span.st");
    const [name, text, kind] = state;
    return h("span.st", { class: kind, title: tr(text), role: "img", aria: { label: tr(text) } }, icon(name, 16));
  }
}

/** What a message says aloud: its text, and the names of its files. */
export function spoken(text, files) {
  return [text, ...files.map((file) => file.name)].filter((each) => each !== "").join(", ");
}

/** What stands in for a message where there is room for one line. */
export function excerpt(entry) {
  const text = entry.text.replace(/\s+/g, " ").trim();
  return (text || entry.files.map((file) => file.name).join(", ")).slice(0, QUOTED);
}

// The text of an action is one run of lines.
function inlineOf(text, me) {
  return marked(text, me).flatMap((block) => (block.tagName === "PRE" ? [block] : [...block.childNodes]));
}

// "(edited)" stands behind the last word, or below a block of code.
function place(blocks, edited) {
  const last = blocks.at(-1);
  if (last && last.tagName !== "PRE") last.append(" ", edited);
  else blocks.push(edited);
}
