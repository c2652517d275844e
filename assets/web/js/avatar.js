// A person: initials on a colour of their own, and whether they are there.

import { h } from "./dom.js";

const PAIRS = 8;
const IDEOGRAPH = /^[\u2E80-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF\u{20000}-\u{3FFFF}]/u;
const clusters = globalThis.Intl?.Segmenter ? new Intl.Segmenter("und", { granularity: "grapheme" }) : null;

function first(word) {
  const cluster = clusters ? clusters.segment(word)[Symbol.iterator]().next().value?.segment : [...word][0];
  return (cluster ?? "").toUpperCase();
}

/**
 * The first letters of the last two words of a display name, which are the given and
 * the family name in most orders; the first alone where words are not told apart by spaces.
 */
export function initials(name) {
  const words = name.split(/\s+/u).filter((word) => /^[\p{Alphabetic}\p{Number}]/u.test(word));
  const end = words.at(-1);
  if (end === undefined) return first(name.trim());
  if (IDEOGRAPH.test(end) || words.length === 1) return first(end);
  return first(words.at(-2)) + first(end);
}

/** The colours of a user, by a hash (FNV-1a) of the username: the same in the app. */
export function pairOf(username) {
  const hash = new TextEncoder().encode(username).reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
  return hash % PAIRS;
}

/** The round picture of a person; `presence` is online, away, offline, unknown, or none to show no dot. */
export function avatar({ username, name }, side, presence) {
  const dot = presence && h(`i.pr.${presence}`);
  return h("span.av", { class: `s${side} c${pairOf(username)}`, aria: { hidden: true } }, initials(name), dot);
}
