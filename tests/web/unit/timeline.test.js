// The messages of a room: pages, events, what is on its way, what stands before a row.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Timeline } from "../../../assets/web/js/timeline.js";

const EVENING = Date.parse("2026-11-20T20:00:00.000");
const at = (minutes) => new Date(EVENING + minutes * 60_000).toISOString();
const said = (seq, from = "bob", minutes = seq) => ({ type: "message", room: "r", seq, time: at(minutes), from, name: from, text: `text ${seq}`, nonce: `n${seq}` });
const page = (seqs, more = false) => ({ messages: seqs.map((seq) => said(seq)), more });
const seqs = (timeline) => timeline.entries.map((entry) => entry.seq);

function loaded(numbers, more = true) {
  const timeline = new Timeline("me");
  timeline.newest(page(numbers, more));
  return timeline;
}

test("pages are put before and after, and only where they fit", () => {
  const timeline = loaded([5, 6]);
  assert.deepEqual(timeline.wants({ nearStart: true, nearEnd: true }), ["older", 5]);
  assert.equal(timeline.wants({ nearStart: true, nearEnd: true }), null, "it was asked for");
  timeline.older(5, page([3, 4]));
  timeline.older(5, page([1, 2]));
  assert.deepEqual(seqs(timeline), [3, 4, 5, 6]);
  assert.equal(timeline.before, "end");
  timeline.around(page([1, 2], true), page([3], true));
  assert.ok(!timeline.atNow);
  assert.deepEqual(timeline.wants({ nearStart: false, nearEnd: true }), ["newer", 3]);
  timeline.newer(3, page([4, 5]));
  assert.deepEqual([seqs(timeline), timeline.atNow], [[1, 2, 3, 4, 5], true]);
});

test("an event is taken once, and what arrives while a page is on its way stands behind it", () => {
  const timeline = new Timeline("me");
  timeline.apply(said(9), true);
  timeline.newest(page([7, 8], true));
  timeline.apply(said(9), true);
  assert.deepEqual(seqs(timeline), [7, 8, 9]);
});

test("after a jump back, what arrives is only counted", () => {
  const timeline = loaded([50]);
  timeline.around(page([1, 2], false), page([3], true));
  timeline.apply(said(51), false);
  timeline.apply(said(52, "me"), false);
  assert.deepEqual([seqs(timeline), timeline.missed], [[1, 2, 3], 1]);
});

test("edits, deletions and reactions change what is loaded", () => {
  const timeline = loaded([1, 2]);
  const event = (type, more) => timeline.apply({ type, room: "r", time: at(9), target: 1, by: "eve", ...more }, true);
  event("reaction", { seq: 3, emoji: "👍", on: true });
  event("reaction", { seq: 4, emoji: "👍", on: true });
  event("reaction", { seq: 5, emoji: "👍", on: true, by: "me" });
  assert.deepEqual(timeline.entry(1).reactions, [{ emoji: "👍", count: 2, by: ["eve", "me"], mine: true }]);
  event("reaction", { seq: 6, emoji: "👍", on: false });
  event("reaction", { seq: 7, emoji: "👍", on: false, by: "me" });
  assert.deepEqual(timeline.entry(1).reactions, []);
  event("edited", { seq: 8, text: "new" });
  assert.deepEqual([timeline.entry(1).text, timeline.entry(1).edited], ["new", true]);
  event("deleted", { seq: 9 });
  assert.deepEqual([timeline.entry(1).text, timeline.entry(1).deleted], ["", true]);
  event("edited", { seq: 10, text: "late" });
  assert.equal(timeline.entry(1).text, "");
});

test("a message of one's own is shown once, whichever of answer and event comes first", () => {
  const outgoing = { nonce: "n2", text: "mine", files: [], transfers: [], replyTo: null, written: EVENING, state: "waiting" };
  const timeline = loaded([1]);
  timeline.putOutgoing(outgoing);
  timeline.putOutgoing({ ...outgoing, state: "sending" });
  assert.equal(timeline.pending.length, 1);
  timeline.dropOutgoing("n2", 2);
  assert.equal(timeline.pending.length, 1, "until its event is here it stays in sight");
  timeline.apply(said(2, "me"), true);
  assert.deepEqual([timeline.pending.length, timeline.length], [0, 3]);
  timeline.putOutgoing({ ...outgoing, nonce: "n9" });
  timeline.dropOutgoing("n9");
  assert.equal(timeline.pending.length, 0);
});

test("keys rise, and name a row", () => {
  const timeline = loaded([4, 7]);
  for (const nonce of ["a", "b"]) timeline.putOutgoing({ nonce, text: "", files: [], transfers: [], written: EVENING, state: "waiting" });
  const keys = Array.from({ length: timeline.length }, (_, index) => timeline.key(index));
  assert.deepEqual(keys, [...keys].sort((a, b) => a - b));
  keys.forEach((key, index) => assert.equal(timeline.indexOf(key), index));
  timeline.dropOutgoing("a");
  assert.equal(timeline.key(3), keys[4]);
});

test("groups are of one author within five minutes; a day begins where the reader is", () => {
  const timeline = new Timeline("me");
  const lines = [said(1, "bob", 0), said(2, "bob", 5), said(3, "bob", 11), said(4, "eve", 11), said(5, "eve", 245)];
  timeline.newest({ messages: lines, more: true });
  const rows = lines.map((_, index) => timeline.row(index + 1));
  assert.deepEqual(rows.map((row) => row.head), [true, false, true, true, true]);
  assert.deepEqual(rows.map((row) => row.day !== null), [false, false, false, false, true]);
  timeline.older(1, { messages: [], more: false });
  assert.notEqual(timeline.row(1).day, null);
});

test("the divider stands before the first unread of others, if everything between is here", () => {
  const timeline = new Timeline("me");
  timeline.newest({ messages: [said(5), said(6, "me"), said(7), said(8)], more: true });
  timeline.readMark = 5;
  assert.deepEqual([1, 2, 3, 4].map((index) => timeline.row(index).divider), [false, false, true, false]);
  timeline.apply(said(9), true);
  assert.ok(timeline.row(3).divider);
  timeline.readMark = 2;
  assert.equal(timeline.dividerAt(), -1);
});

test("only the last own message says that it is kept, and none behind a failed one", () => {
  const timeline = new Timeline("me");
  timeline.newest({ messages: [said(1, "me"), said(2, "me"), said(3)], more: false });
  assert.equal(timeline.lastKept(), 2);
  timeline.putOutgoing({ nonce: "f", text: "", files: [], transfers: [], written: EVENING, state: "failed" });
  assert.equal(timeline.lastKept(), null);
});

test("an empty room is known to be empty once somebody looked", () => {
  const timeline = new Timeline("me");
  assert.ok(!timeline.empty);
  timeline.newest({ messages: [], more: false });
  assert.ok(timeline.empty);
});
