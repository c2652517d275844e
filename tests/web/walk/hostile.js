// Script in every field that people can fill: shown as text, run by nobody.

import assert from "node:assert/strict";
import { ALICE, BASE, BOB, hears, launch, openChat, person, row, say, signIn } from "./browser.js";

const browser = await launch();
const mallory = await person(browser);
const bob = await person(browser);
const mark = Date.now().toString(36);
for (const page of [mallory, bob]) {
  await page.addInitScript(() => {
    window.pwned = [];
    window.alert = (what) => window.pwned.push(what);
  });
  page.on("dialog", (dialog) => (page.complaints.push(`a dialog: ${dialog.message()}`), dialog.dismiss()));
}
await signIn(mallory, ALICE);
await signIn(bob, BOB);
await openChat(mallory, "general");
await openChat(bob, "general");

const attacks = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(2)</script>",
  "\"><svg onload=alert(3)>",
  "javascript:alert(4)",
  "[x](javascript:alert(5))",
  "https://a.org/\"onmouseover=\"alert(6)",
  "data:text/html,<script>alert(7)</script>",
  "`<b>` **<i>x</i>** @<u>alice</u>",
  "```\n</pre><script>alert(8)</script>\n```",
  "\u202etxt.exe\u202c {{ 7*7 }} ${alert(9)}",
];
for (const attack of attacks) await say(mallory, `${mark} ${attack}`);
await hears(bob, `${mark} ${attacks.at(-1).slice(0, 4)}`);
const links = await bob.locator(".msg a").evaluateAll((all) => all.filter((each) => !each.download).map((each) => each.protocol));
assert.ok(links.every((each) => ["https:", "http:", "parlor:"].includes(each)), links.join());
for (const tag of ["script", "i:not(.pr)", "u", "iframe", "object", "[onerror]", "[onload]", "[onmouseover]", "[style*=expression]"]) {
  assert.equal(await bob.locator(`.txt ${tag}`).count(), 0, tag);
}

// A file's name, a display name, a status, a topic, a reaction.
const name = `"><img src=x onerror=alert(10)> ${mark}.txt`;
await mallory.setInputFiles("#composer-area input[type=file]", { name, mimeType: "text/html", buffer: Buffer.from("<script>alert(11)</script>") });
await mallory.locator(".chip .tf-words", { hasText: "Ready" }).waitFor();
await say(mallory, `a file ${mark}`);
await hears(bob, `a file ${mark}`);
assert.match(await row(bob, `a file ${mark}`).locator(".fn").getAttribute("title"), /alert\(10\)/);
const ask = (page, line) =>
  page.evaluate(
    (line) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`wss://${location.host}/ws`, "parlor.1");
        socket.onmessage = ({ data }) => {
          const answer = JSON.parse(data);
          if (answer.type === "session") socket.send(JSON.stringify({ ...line, id: 1 }));
          if (answer.re === 1) (socket.close(), resolve(answer));
        };
      }),
    line,
  );
const before = await mallory.locator("#sidebar .me b").innerText();
await ask(mallory, { type: "profile", name: "<script>alert(12)</script>", status: "<img src=x onerror=alert(13)>" });
await ask(mallory, { type: "create_room", room: `topic-${mark}`, topic: "<img src=x onerror=alert(14)> javascript:alert(15)" });
await ask(mallory, { type: "invite_to_room", room: `topic-${mark}`, username: BOB });
await bob.locator(`#sidebar [data-room="topic-${mark}"]`).click();
await bob.locator(".topic", { hasText: "onerror" }).waitFor();
if (await bob.locator("#panel").isHidden()) await bob.keyboard.press("Control+Shift+P");
await bob.locator(".pp", { hasText: "alert(13)" }).waitFor();
await bob.goto(`${BASE}/index.html`);
await bob.locator("body", { hasText: "alert(12)" }).waitFor();
await bob.goto(`${BASE}/files.html`);
await bob.locator(".fn").first().waitFor();
await ask(mallory, { type: "profile", name: before, status: "" });

// A file of somebody's is fetched, never run: as a page of its own it is a download, sandboxed.
const href = await row(mallory, `a file ${mark}`).locator("a[download]").getAttribute("href");
const answer = await bob.evaluate(async (href) => {
  const got = await fetch(href);
  return Object.fromEntries(["content-disposition", "x-content-type-options", "content-security-policy", "content-type"].map((each) => [each, got.headers.get(each)]));
}, href);
assert.match(answer["content-disposition"], /^attachment/);
assert.equal(answer["x-content-type-options"], "nosniff");
assert.match(answer["content-security-policy"], /sandbox/);
assert.ok(!answer["content-type"].includes("html"));

// Nothing secret is where a script could read it.
const kept = await mallory.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie + document.documentElement.outerHTML);
assert.ok(!/token|__Host-session/.test(kept));

for (const page of [mallory, bob]) {
  assert.deepEqual(await page.evaluate(() => window.pwned), []);
  assert.deepEqual(page.complaints, []);
}
await browser.close();
console.log("hostile: ok");
