// What is not sent yet: kept before it is sent, sent in order, each once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../../assets/web/js/outbox.js";
import { Store } from "../../../assets/web/js/store.js";

// A Storage as a browser has it.
function area() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
    key: (at) => [...kept.keys()][at],
    get length() {
      return kept.size;
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

// A server that answers when it is told to.
function server(storage = area()) {
  const asked = [];
  const state = { online: true };
  const send = (line) => new Promise((resolve, reject) => asked.push({ line, resolve, reject }));
  const outbox = new Outbox({ store: new Store("alice", storage), send, online: () => state.online });
  return { outbox, asked, state, storage };
}

test("one at a time in each room, in the order in which they were written", async () => {
  const { outbox, asked } = server();
  for (const [room, text] of [["a", "1"], ["a", "2"], ["b", "3"]]) outbox.add({ room, text });
  assert.deepEqual(asked.map(({ line }) => line.text), ["1", "3"]);
  asked[0].resolve({ seq: 1 });
  await settle();
  assert.deepEqual(asked.map(({ line }) => line.text), ["1", "3", "2"]);
  assert.equal(outbox.waiting, 2);
});

test("what a broken line cut off is sent again under its nonce, also by the next page", async () => {
  const { outbox, asked, state, storage } = server();
  outbox.add({ room: "a", text: "1", replyTo: 7 });
  state.online = false;
  asked[0].reject({ code: "lost" });
  await settle();
  assert.equal(asked.length, 1);
  const next = server(storage);
  assert.equal(next.outbox.load().length, 1);
  next.outbox.flush();
  assert.deepEqual(next.asked[0].line, asked[0].line);
  assert.match(asked[0].line.nonce, /^[0-9a-f]{32}$/);
  next.asked[0].resolve({ seq: 4, duplicate: true });
  await settle();
  assert.equal(server(storage).outbox.load().length, 0);
});

test("a refusal that passes holds the room; one that stays fails its message alone", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { outbox, asked } = server();
  outbox.add({ room: "a", text: "1" });
  outbox.add({ room: "a", text: "2" });
  asked[0].reject({ code: "rate_limited", retryAfter: 2 });
  await settle();
  assert.equal(asked.length, 1, "the second does not pass the first");
  context.mock.timers.tick(2_000);
  assert.equal(asked[1].line.text, "1");
  asked[1].reject({ code: "muted", message: "Muted." });
  await settle();
  assert.equal(asked[2].line.text, "2");
  asked[2].resolve({ seq: 1 });
  await settle();
  assert.equal(outbox.waiting, 0);
  outbox.retry(asked[0].line.nonce);
  assert.equal(asked[3].line.nonce, asked[0].line.nonce);
});

test("a message waits for its files", async () => {
  const { outbox, asked } = server();
  outbox.add({ room: "a", text: "files", files: [{ id: "x" }], transfers: ["t1", "t2"] });
  outbox.uploaded("t2", { id: "y" });
  assert.equal(asked.length, 0);
  outbox.uploaded("t1", { id: "z" });
  assert.deepEqual(asked[0].line.files, ["x", "y", "z"]);
});

test("the event of a message, sent here or by another tab, completes it", async () => {
  const { outbox, asked } = server();
  const gone = [];
  outbox.on("gone", (each) => gone.push(each));
  outbox.add({ room: "a", text: "1" });
  const { nonce } = asked[0].line;
  outbox.arrived(nonce, 12);
  asked[0].resolve({ seq: 12 });
  await settle();
  assert.deepEqual(gone, [{ room: "a", nonce, seq: 12 }]);
});

test("nothing is kept once one signed out, and a full disk loses nothing of this page", () => {
  const storage = area();
  const store = new Store("alice", storage);
  store.set("draft:a", "text");
  new Store("bob", storage).set("draft:a", "his");
  store.clear();
  store.set("place", { room: "a" });
  assert.equal(storage.length, 1);
  const full = new Store("eve", { ...area(), setItem: () => { throw new Error("full"); } });
  assert.equal(full.set("draft:a", "text"), false);
  assert.equal(full.get("draft:a"), "text");
  assert.deepEqual(full.keys("draft:"), ["draft:a"]);
});
