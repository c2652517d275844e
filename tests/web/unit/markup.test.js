// The table of app/src/model/markup.rs, held to by the page as well.

import assert from "node:assert/strict";
import { test } from "node:test";
import { action, folded, inline, parse } from "../../../assets/web/js/markup.js";
import { names } from "../../../assets/web/js/markup/mention.js";

const SIGN = { strong: "b", code: "c", mention: "m", emoji: "e" };

function shown(text) {
  return inline(text)
    .map((span) => {
      if (span.kind === "plain") return span.text;
      if (span.kind === "link") return `<a ${span.href}>`;
      return `<${SIGN[span.kind]} ${span.text}>`;
    })
    .join("");
}

test("runs", () => {
  const table = [
    ["plain _text_ snake_case", "plain _text_ snake_case"],
    ["a **b c** d**e**", "a <b b c> d**e**"],
    ["`let x` and `", "<c let x> and `"],
    ["see https://a.org/b?c=d, (http://e.org/f_(g)).", "see <a https://a.org/b?c=d>, (<a http://e.org/f_(g)>)."],
    ["ici : lab4.example.org/bench/2026-11-19 !", "ici : <a https://lab4.example.org/bench/2026-11-19> !"],
    ["and/or 1.5/2 e.g. this.is", "and/or 1.5/2 e.g. this.is"],
    ["parlor://h:1/?pin=x", "<a parlor://h:1/?pin=x>"],
    ["javascript:alert(1) file:///etc", "javascript:alert(1) file:///etc"],
    ["JavaScript://a.b/%0aalert(1)", "JavaScript://a.b/%0aalert(1)"],
    ["@Alice can you? bob@example.org", "<m @Alice> can you? bob@example.org"],
    ["ok 👍🏽 1 ❤️!", "ok <e 👍🏽> 1 <e ❤️>!"],
    ["**see 🎉**", "<b see ><e 🎉>"],
    ["看https://a.org/b", "看<a https://a.org/b>"],
    ["看 https://例.org/路。", "看 <a https://例.org/路>。"],
    ["<b>x</b> & <img src=x onerror=alert(1)>", "<b>x</b> & <img src=x onerror=alert(1)>"],
    ["**", "**"],
    ["", ""],
  ];
  for (const [text, expected] of table) assert.equal(shown(text), expected, text);
});

test("blocks", () => {
  const blocks = parse("look:\n```rust\nlet x = 1; // one\nreturn\n```\nthen ```no");
  assert.equal(blocks.length, 3);
  assert.deepEqual(blocks[1].code, [
    { text: "let", light: "keyword" },
    { text: " x = 1; ", light: "plain" },
    { text: "// one\n", light: "comment" },
    { text: "return", light: "keyword" },
  ]);
  assert.equal(parse("```one line```").length, 1);
  assert.deepEqual(parse("  \n"), []);
});

test("a wall of text is folded", () => {
  assert.equal(folded("short\ntext"), null);
  assert.equal(folded("line\n".repeat(100)).split("\n").length, 30);
  const bytes = (text) => new TextEncoder().encode(text).length;
  assert.equal(bytes(folded("é".repeat(4000))), 4000);
  assert.equal(bytes(folded(`a${"é".repeat(4000)}`)), 3999);
  const block = `\`\`\`\n${"x\n".repeat(50)}\n\`\`\``;
  assert.ok(parse(folded(block))[0].code);
});

test("hostile texts are read in one go", () => {
  const began = performance.now();
  for (const piece of ["@", "`", "**", "a)", "x.y/(", "```\n", "@a ", "👍", "\n", "http://"]) {
    const text = piece.repeat(Math.floor(16384 / piece.length));
    parse(text);
    parse(`a.bc/${text.replaceAll(/[\n ]/g, ")")}`);
    names(text, "a");
  }
  assert.ok(performance.now() - began < 5000);
});

test("an action", () => {
  assert.equal(action("/me waves"), "waves");
  assert.equal(action("/menu"), null);
});

test("who is named", () => {
  const table = [
    ["@Alice can you sign?", "alice", true],
    ["ask @bob, @carol.r. and", "carol.r", true],
    ["(@bob)", "bob", true],
    ["bob@example.org", "example.org", false],
    ["@@double @-x", "double", false],
    ["谢谢 @bob！", "bob", true],
    ["", "bob", false],
  ];
  for (const [text, who, expected] of table) assert.equal(names(text, who), expected, text);
});
