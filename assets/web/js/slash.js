// Slash commands, read as app/src/model/composer/slash.rs reads them: a text that begins
// with / is a command, // says that it is none. A page closes nothing, so /quit is none here.

const RANKS = ["guest", "member", "moderator", "admin", "owner"];
const rank = (me, least) => RANKS.indexOf(me.role) >= RANKS.indexOf(least);

// Who may use a command, and where. The server decides; this only keeps from what would be refused.
const ALLOWED = {
  help: () => true,
  nick: () => true,
  join: () => true,
  leave: (_, room) => ["public", "private"].includes(room.kind),
  me: (_, room) => room.can_send,
  msg: () => true,
  topic: (_, room) => room.moderator && room.kind !== "direct",
  who: () => true,
  kick: (me) => rank(me, "moderator"),
  ban: (me) => rank(me, "admin"),
  alert: (me) => rank(me, "moderator"),
};
// What follows these may have several lines.
const LINES = new Set(["me", "msg"]);

// Controls, line breaks, and what turns the direction of what follows (protocol/src/names.rs).
const UNCLEAN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/u;
const USERNAME = /^[a-z0-9][a-z0-9_.-]{0,31}$/;
const ROOM_NAME = /^[\p{Alphabetic}0-9_-][\p{Alphabetic}0-9_\u0300-\u036f-]{0,47}$/u;

/** Whether a text is a command and not a message. */
export function isCommand(text) {
  return text.startsWith("/") && !text.startsWith("//");
}

/** The message that a text means which is no command: // stands for /. */
export function unescaped(text) {
  return text.startsWith("//") ? text.slice(1) : text;
}

/** The commands that one may use in a room. */
export function allowed(me, room) {
  return Object.keys(ALLOWED).filter((word) => ALLOWED[word](me, room));
}

// A word and what follows it.
function parted(text) {
  const [, word, rest] = /^(\S*)\s*([^]*)$/u.exec(text);
  return [word, rest.trim()];
}

/**
 * Reads a command: {command, whom?, text}, or {error, ...what it says}: the id of
 * a text, and its arguments.
 */
export function parse(text, me, room) {
  const [typed, rest] = parted(text.replace(/^\//, "").trim());
  const command = typed.toLowerCase();
  const word = `/${command}`;
  if (!Object.hasOwn(ALLOWED, command)) return { error: "slash-unknown", word: `/${typed}` };
  if (!ALLOWED[command](me, room)) return { error: "slash-not-allowed", word };
  if (!LINES.has(command) && UNCLEAN.test(rest)) return { error: "slash-one-line", word };
  if (["msg", "kick", "ban"].includes(command)) return person(command, rest);
  if (["me", "alert", "nick", "join"].includes(command) && rest === "") return { error: "slash-missing", command };
  if (command === "nick" && [...rest].length > 64) return { error: "slash-no-display-name", text: rest };
  if (command === "join") {
    const name = rest.replace(/^#+/, "").toLowerCase();
    return ROOM_NAME.test(name) ? { command, text: name } : { error: "slash-no-room-name", text: name };
  }
  return { command, text: rest };
}

function person(command, rest) {
  const [named, text] = parted(rest);
  const whom = named.replace(/^@+/, "");
  if (whom === "") return { error: "slash-missing", command };
  const username = whom.toLowerCase();
  return USERNAME.test(username) ? { command, whom: username, text } : { error: "slash-no-username", text: whom };
}
