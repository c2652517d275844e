// Addresses within a text. Only http, https and parlor are ever linked.

// A longer word is no address. The bound keeps a hostile text, in which one
// could begin at every character, from being read again for each of them.
const LINK_BYTES = 2048;
const SCHEMES = ["https://", "http://", "parlor://"];
// Marks that end a sentence and no address.
const MARKS = ".,;:!?'*»”’…。，、：；！？」』";
const ENDS_WORD = /[\s<>"`]/u;

/**
 * Whether an address may begin after this character: not within a word or another
 * address, but right after a character of a script without spaces.
 */
export function mayFollow(before) {
  return before === "" || /[\s([{<"'\u0080-\u{10FFFF}]/u.test(before);
}

/** The link at this place: with a scheme that we open, or a host and a path. */
export function link(text, at) {
  const rest = text.slice(at, at + LINK_BYTES + 1);
  const end = rest.search(ENDS_WORD);
  if (end < 0 && rest.length > LINK_BYTES) return null;
  const word = withoutEnd(end < 0 ? rest : rest.slice(0, end));
  const lower = word.toLowerCase();
  let href;
  if (SCHEMES.some((scheme) => word.length > scheme.length && lower.startsWith(scheme))) href = word;
  else if (isHostAndPath(word)) href = `https://${word}`;
  else return null;
  return { length: word.length, span: { kind: "link", text: word, href } };
}

// `host.tld/path`, as people write addresses in a sentence.
function isHostAndPath(word) {
  const slash = word.indexOf("/");
  if (slash < 0 || slash === word.length - 1) return false;
  const labels = word.slice(0, slash).split(".");
  return (
    labels.length >= 2 &&
    labels.every((label) => /^[\p{Alphabetic}\p{Number}-]+$/u.test(label)) &&
    /^\p{Alphabetic}{2,}$/u.test(labels.at(-1))
  );
}

// Without what belongs to the sentence: its marks, and a bracket that was opened before.
function withoutEnd(word) {
  const count = (sign) => word.split(sign).length - 1;
  const unopened = new Map(["()", "[]", "（）"].map(([open, close]) => [close, count(close) - count(open)]));
  let end = word.length;
  while (end > 0) {
    const last = word[end - 1];
    if (unopened.get(last) > 0) unopened.set(last, unopened.get(last) - 1);
    else if (!MARKS.includes(last)) break;
    end -= 1;
  }
  return word.slice(0, end);
}
