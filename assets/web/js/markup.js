// What a message's text means: code, links, mentions, emphasis, emoji.
//
// `code`, ``` blocks, **strong**, links, @username, and an action (/me waves).
// Everything else stands as it was written, exactly as the app shows it: this
// is app/src/model/markup.rs, and the two pass the same table of tests.
//
// Nothing here makes HTML. The page puts each run in by textContent.

import { lit } from "./markup/code.js";
import { emojiRuns } from "./markup/emoji.js";
import { link, mayFollow } from "./markup/link.js";
import { mention } from "./markup/mention.js";

// A message of more lines is folded: one wall of text would bury what others wrote.
const FOLD_LINES = 30;
// A message of more UTF-8 bytes is folded.
const FOLD_BYTES = 4000;

const ALPHANUMERIC = /[\p{Alphabetic}\p{Number}]/u;

/** The beginning of a text that is too long to be shown whole at once, or null. */
export function folded(text) {
  let lines = -1;
  for (let at = -1, n = 0; n < FOLD_LINES; n++) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) break;
    if (n === FOLD_LINES - 1) lines = at;
  }
  const bytes = cutAtBytes(text, FOLD_BYTES);
  const cut = Math.min(lines < 0 ? Infinity : lines, bytes);
  return cut === Infinity ? null : text.slice(0, cut);
}

// Where a text of more than `most` bytes is cut, at a character's edge.
function cutAtBytes(text, most) {
  // No character has more than three bytes for each unit of UTF-16.
  if (text.length * 3 <= most) return Infinity;
  let bytes = 0;
  let at = 0;
  for (const character of text) {
    const code = character.codePointAt(0);
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes + size > most) return at;
    bytes += size;
    at += character.length;
  }
  return Infinity;
}

/** What an action says, without its command, or null if the text is none. */
export function action(text) {
  return text.startsWith("/me ") ? text.slice(4) : null;
}

/**
 * Reads a text into blocks: `{code: [{text, light}]}` or `{text: [SPAN]}`, a SPAN
 * being `{kind, text, href?}` with kind plain, strong, code, link, mention, emoji.
 */
export function parse(text) {
  const blocks = [];
  let rest = text;
  for (;;) {
    const start = fence(rest);
    if (start < 0) break;
    const after = rest.slice(start + 3);
    const end = after.indexOf("```");
    if (end < 0) {
      // A block whose end was cut off by the fold, or forgotten, is still code.
      if (!after.includes("\n")) break;
      pushText(blocks, rest.slice(0, start).replace(/\n+$/, ""));
      blocks.push({ code: lit(body(after)) });
      return blocks;
    }
    pushText(blocks, rest.slice(0, start).replace(/\n$/, ""));
    blocks.push({ code: lit(body(after.slice(0, end))) });
    rest = after.slice(end + 3).replace(/^\n/, "");
  }
  pushText(blocks, rest);
  return blocks;
}

// Where the next fence stands that begins a line.
function fence(text) {
  if (text.startsWith("```")) return 0;
  const at = text.indexOf("\n```");
  return at < 0 ? -1 : at + 1;
}

// A fenced block without the language's name and the breaks beside the fences.
function body(fenced) {
  const at = fenced.indexOf("\n");
  const named = at >= 0 && /^[A-Za-z0-9+\-#]*$/.test(fenced.slice(0, at).trim());
  return (named ? fenced.slice(at + 1) : fenced).replace(/\n$/, "");
}

function pushText(blocks, text) {
  if (text.trim() !== "") blocks.push({ text: inline(text) });
}

/** The runs of a text without blocks. */
export function inline(text) {
  const spans = [];
  let plain = 0;
  let at = 0;
  let before = "";
  while (at < text.length) {
    const found = special(text, at, before);
    if (!found) {
      before = String.fromCodePoint(text.codePointAt(at));
      at += before.length;
      continue;
    }
    emojiRuns(text.slice(plain, at), "plain", spans);
    if (found.span.kind === "strong") emojiRuns(found.span.text, "strong", spans);
    else spans.push(found.span);
    at += found.length;
    before = text[at - 1];
    plain = at;
  }
  emojiRuns(text.slice(plain), "plain", spans);
  return spans;
}

// What begins at this place, with how much of the text it takes.
function special(text, at, before) {
  const sign = text[at];
  const beginsWord = !ALPHANUMERIC.test(before);
  if (sign === "`") return enclosed(text, at, "`", "code");
  if (sign === "*") return beginsWord ? enclosed(text, at, "**", "strong") : null;
  if (sign === "@") return beginsWord ? mention(text, at) : null;
  if (/[A-Za-z0-9]/.test(sign) && mayFollow(before)) return link(text, at);
  return null;
}

function enclosed(text, at, mark, kind) {
  if (!text.startsWith(mark, at)) return null;
  const from = at + mark.length;
  const line = text.indexOf("\n", from);
  const end = text.indexOf(mark, from);
  if (end < 0 || (line >= 0 && line < end)) return null;
  const inside = text.slice(from, end);
  if (inside.trim() === "" || (kind === "strong" && inside.startsWith(" "))) return null;
  return { length: inside.length + 2 * mark.length, span: { kind, text: inside } };
}
