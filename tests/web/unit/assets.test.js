// What belongs together stays together: icons, texts, and the size of files.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = new URL("../../../", import.meta.url).pathname;
const read = (path) => readFileSync(join(ROOT, path), "utf8");
const scripts = readdirSync(join(ROOT, "assets/web/js"), { recursive: true }).filter((name) => name.endsWith(".js"));
const sources = scripts.map((name) => [name, read(`assets/web/js/${name}`)]);

test("the sprite has every icon as it was drawn", () => {
  const sprite = read("assets/web/icons.svg");
  for (const file of readdirSync(join(ROOT, "assets/icons"))) {
    if (file === "parlor.svg") continue;
    const drawing = /<svg[^>]*>(.*)<\/svg>/s.exec(read(`assets/icons/${file}`))[1];
    assert.ok(sprite.includes(`<symbol id="${file.slice(0, -4)}" viewBox="0 0 20 20">${drawing}</symbol>`), file);
  }
  assert.equal(read("assets/web/parlor.svg"), read("assets/icons/parlor.svg"));
});

test("every text that the scripts name exists", () => {
  const catalogue = readdirSync(join(ROOT, "assets/locales/en")).map((name) => read(`assets/locales/en/${name}`)).join("\n");
  const given = new Set([...catalogue.matchAll(/^([a-z][a-z0-9-]*) =/gm)].map((match) => match[1]));
  for (const [name, source] of sources) {
    for (const [, id] of source.matchAll(/\btr\(\s*"([^"]+)"/g)) assert.ok(given.has(id), `${id} of ${name}`);
  }
});

test("every text of the chat is named by a script", () => {
  const all = sources.map(([, source]) => source).join("\n") + ["chat", "files"].map((page) => read(`assets/web/pages/${page}.html`)).join("\n");
  // Where an id is put together, its beginning stands before the part that varies.
  const begun = [...all.matchAll(/`([a-z][a-z0-9-]*-)\$\{/g)].map((match) => match[1]);
  const ids = [...read("assets/locales/en/web-chat.ftl").matchAll(/^([a-z][a-z0-9-]*) =/gm)].map((match) => match[1]);
  assert.deepEqual(ids.filter((id) => !all.includes(`"${id}"`) && !begun.some((start) => id.startsWith(start))), []);
});

test("nothing makes HTML of a text, and no file is long", () => {
  const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\("(?:style|on)/;
  for (const [name, source] of sources) {
    assert.ok(!forbidden.test(source), name);
    assert.ok(source.split("\n").length <= 400, `${name} is too long`);
  }
  for (const page of readdirSync(join(ROOT, "assets/web/pages"))) {
    const html = read(`assets/web/pages/${page}`);
    assert.ok(!/<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=/.test(html), page);
  }
});
