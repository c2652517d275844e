// Who is named in a text: @username, in any case. As protocol/src/mention.rs has it.

const INSIDE_WORD = /[\p{Alphabetic}\p{Number}@]$/u;
// A username has 32 characters at most: nothing further is looked at.
const RUN = /@([A-Za-z0-9_.-]{1,40})/y;
const USERNAME = /^[a-z0-9][a-z0-9_.-]{0,31}$/;

/** The mention that begins with the `@` at this place: `{length, span}`, or null. */
export function mention(text, at) {
  RUN.lastIndex = at;
  const run = RUN.exec(text)?.[1];
  const name = run?.replace(/[.-]+$/, "");
  if (!name || !USERNAME.test(name.toLowerCase())) return null;
  return { length: name.length + 1, span: { kind: "mention", text: `@${name}` } };
}

/** Whether a text names this user. */
export function names(text, username) {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    if (INSIDE_WORD.test(text.slice(Math.max(0, at - 2), at))) continue;
    const found = mention(text, at);
    if (found && found.span.text.slice(1).toLowerCase() === username) return true;
  }
  return false;
}
