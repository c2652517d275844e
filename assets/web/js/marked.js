// A message's text, as elements. Each run goes in by textContent: nothing that
// people write is ever read as HTML, and only http, https and parlor are linked.

import { h } from "./dom.js";
import { inline, parse } from "./markup.js";

const SAFE = /^(?:https?|parlor):\/\//i;

function run(span, me) {
  switch (span.kind) {
    case "strong":
      return h("b.m", {}, span.text);
    case "code":
      return h("code", {}, span.text);
    case "emoji":
      return h("span.emoji", {}, span.text);
    case "mention":
      return h("span.ment", { class: span.text.slice(1).toLowerCase() === me ? "me-named" : "" }, span.text);
    case "link":
      return SAFE.test(span.href) ? anchor(span) : span.text;
    default:
      return span.text;
  }
}

function anchor(span) {
  return h("a", { href: span.href, target: "_blank", rel: "noopener noreferrer nofollow" }, span.text);
}

/** The runs of one line, such as a topic. */
export function markedLine(text, me) {
  return inline(text).map((span) => run(span, me));
}

/** A whole text: paragraphs and code. */
export function marked(text, me) {
  return parse(text).map((block) => {
    if (block.text) return h("div.par", {}, ...block.text.map((span) => run(span, me)));
    const light = { keyword: "k", comment: "c" };
    const lit = block.code.map((each) => (each.light === "plain" ? each.text : h(`span.${light[each.light]}`, {}, each.text)));
    return h("pre", { tabIndex: 0 }, h("code", {}, ...lit));
  });
}
