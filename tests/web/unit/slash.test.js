// The table of app/src/model/composer/slash.rs, held to by the page as well.

import assert from "node:assert/strict";
import { test } from "node:test";
import { allowed, isCommand, parse, unescaped } from "../../../assets/web/js/slash.js";

const user = (role) => ({ username: "alice", name: "Alice", role });
const room = { room: "general", kind: "public", can_send: true, moderator: false };

test("commands are read", () => {
  const table = [
    ["/help", { command: "help", text: "" }],
    ["/NICK  Alice M ", { command: "nick", text: "Alice M" }],
    ["/nick", { error: "slash-missing", command: "nick" }],
    [`/nick ${"x".repeat(65)}`, { error: "slash-no-display-name", text: "x".repeat(65) }],
    ["/nick a\u202eb", { error: "slash-one-line", word: "/nick" }],
    ["/join #Thiết-Kế", { command: "join", text: "thiết-kế" }],
    ["/join 设计", { command: "join", text: "设计" }],
    ["/join two words", { error: "slash-no-room-name", text: "two words" }],
    ["/join", { error: "slash-missing", command: "join" }],
    ["/me waves", { command: "me", text: "waves" }],
    ["/me", { error: "slash-missing", command: "me" }],
    ["/msg @Bob hi\nthere", { command: "msg", whom: "bob", text: "hi\nthere" }],
    ["/msg bob", { command: "msg", whom: "bob", text: "" }],
    ["/msg", { error: "slash-missing", command: "msg" }],
    ["/msg élise hi", { error: "slash-no-username", text: "élise" }],
    ["/topic", { command: "topic", text: "" }],
    ["/topic a\nb", { error: "slash-one-line", word: "/topic" }],
    ["/kick bob too loud", { command: "kick", whom: "bob", text: "too loud" }],
    ["/ban bob", { command: "ban", whom: "bob", text: "" }],
    ["/alert Back at 5", { command: "alert", text: "Back at 5" }],
    ["/quit", { error: "slash-unknown", word: "/quit" }],
    ["/dance", { error: "slash-unknown", word: "/dance" }],
    ["/constructor", { error: "slash-unknown", word: "/constructor" }],
    ["/", { error: "slash-unknown", word: "/" }],
  ];
  for (const [text, expected] of table) {
    assert.deepEqual(parse(text, user("owner"), { ...room, moderator: true }), expected, text);
  }
});

test("rank and room decide", () => {
  const check = (word, role, where, expected) => assert.equal(allowed(user(role), { ...room, ...where }).includes(word), expected, `${word} ${role}`);
  check("kick", "member", {}, false);
  check("kick", "moderator", {}, true);
  check("ban", "moderator", {}, false);
  check("ban", "admin", {}, true);
  check("topic", "owner", {}, false);
  check("leave", "guest", {}, true);
  check("leave", "member", { kind: "broadcast" }, false);
  check("me", "member", { can_send: false }, false);
  assert.deepEqual(parse("/kick bob", user("member"), room), { error: "slash-not-allowed", word: "/kick" });
});

test("two slashes are a message", () => {
  assert.ok(isCommand("/me waves"));
  assert.ok(!isCommand("//comment"));
  assert.ok(!isCommand("a/b"));
  assert.equal(unescaped("//comment"), "/comment");
  assert.equal(unescaped("plain"), "plain");
});
