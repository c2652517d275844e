// The WebSocket: opened, resumed by cursors, tried again, ended.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../../../assets/web/js/connection.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));
const SESSION = { type: "session", user: { username: "alice" }, rooms: [], users: [] };
const WELCOME = { type: "welcome", server: { name: "Lab 4" } };

// A WebSocket whose other end is the test.
class Socket extends EventTarget {
  sent = [];
  closed = false;
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  hears(line) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(line) }));
  }
}

function dialled(context, alive = true) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  context.mock.method(Math, "random", () => 1);
  const sockets = [];
  const open = (resumes) => {
    sockets.push(Object.assign(new Socket(), { resumes }));
    return sockets.at(-1);
  };
  const connection = new Connection({ open, cursors: () => ({ general: 7 }), alive: async () => alive });
  const events = [];
  connection.on("event", (line) => events.push(line));
  connection.on("session", ({ resumed }) => events.push(resumed ? "resumed" : "signed in"));
  connection.start();
  return { connection, sockets, events };
}

function begin({ sockets }) {
  const socket = sockets.at(-1);
  socket.dispatchEvent(new Event("open"));
  socket.hears(WELCOME);
  return socket;
}

test("a page signs in by its cookie, and a broken line is resumed by cursors, in order", async (context) => {
  const dial = dialled(context);
  const first = begin(dial);
  assert.equal(first.resumes, false);
  first.hears(SESSION);
  assert.ok(dial.connection.online);
  first.dispatchEvent(new Event("close"));
  assert.equal(dial.connection.state.kind, "offline");
  context.mock.timers.tick(500);
  const second = begin(dial);
  assert.equal(second.resumes, true);
  assert.deepEqual(second.sent[0], { type: "resume", rooms: { general: 7 }, id: second.sent[0].id });
  second.hears({ ...SESSION, re: second.sent[0].id });
  second.hears({ type: "message", room: "general", seq: 8 });
  assert.deepEqual(dial.events, ["signed in", "resumed", { type: "message", room: "general", seq: 8 }]);
});

test("waits grow to a bound, and a click on Now ends one", (context) => {
  const dial = dialled(context);
  const waits = [];
  dial.connection.on("state", (state) => state.kind === "offline" && waits.push(state.until - Date.now()));
  for (let n = 0; n < 9; n++) {
    dial.sockets.at(-1).dispatchEvent(new Event("close"));
    context.mock.timers.tick(30_000);
  }
  assert.deepEqual(waits.map((wait) => Math.round(wait / 500) * 500), [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  const before = dial.sockets.length;
  dial.sockets.at(-1).dispatchEvent(new Event("close"));
  dial.connection.tryNow();
  assert.equal(dial.sockets.length, before + 1);
});

test("requests are answered by number, and a lost line refuses those that wait", async (context) => {
  const dial = dialled(context);
  const socket = begin(dial);
  await assert.rejects(dial.connection.request({ type: "rooms" }), { code: "lost" });
  socket.hears(SESSION);
  const [one, two, three] = ["rooms", "users", "sessions"].map((type) => dial.connection.request({ type }));
  const [, first, second] = socket.sent;
  socket.hears({ type: "users", users: [], re: second.id });
  socket.hears({ type: "error", code: "rate_limited", message: "Wait.", retry_after: 2, re: first.id });
  assert.equal((await two).type, "users");
  await assert.rejects(one, { code: "rate_limited", retryAfter: 2 });
  socket.dispatchEvent(new Event("close"));
  await assert.rejects(three, { code: "lost" });
});

test("a line that does not answer a ping is dead", (context) => {
  const dial = dialled(context);
  begin(dial).hears(SESSION);
  context.mock.timers.tick(10_000);
  assert.equal(dial.connection.state.kind, "offline");
});

test("a dead session ends it, said by the server or by a refused WebSocket", async (context) => {
  const dial = dialled(context);
  const socket = begin(dial);
  socket.hears(SESSION);
  socket.hears({ type: "kicked", by: "eve", reason: "spam" });
  assert.deepEqual([dial.connection.state.kind, dial.connection.state.why.code], ["over", "kicked"]);
  context.mock.timers.reset();
  context.mock.restoreAll();
  const refused = dialled(context, false);
  refused.sockets[0].dispatchEvent(new Event("close"));
  await settle();
  assert.deepEqual([refused.connection.state.kind, refused.connection.state.why.code], ["over", "bad_token"]);
});

test("what is no line of the protocol is passed over", (context) => {
  const dial = dialled(context);
  const socket = begin(dial);
  socket.hears(SESSION);
  socket.dispatchEvent(Object.assign(new Event("message"), { data: "no JSON" }));
  socket.hears({ type: "something new" });
  assert.deepEqual(dial.events, ["signed in", { type: "something new" }]);
});
