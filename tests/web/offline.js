// The server is killed and comes back: what is written meanwhile waits, survives a reload,
// and is sent once; nothing that others wrote is lost or doubled.
//
// SERVER_KILL and SERVER_START are shell commands that kill the server (-9) and start it
// again at the same address with the same data; the second returns once it answers.

import assert from "node:assert/strict";
import { execSync } from "node:child_process";
import { ALICE, BOB, connected, hears, launch, openChat, person, picture, say, signIn } from "./browser.js";

const { SERVER_KILL, SERVER_START } = process.env;
assert.ok(SERVER_KILL && SERVER_START, "SERVER_KILL and SERVER_START say how the server is killed and started");
const run = (command) => execSync(command, { stdio: "ignore", shell: "/bin/bash" });
const count = (page, text) => page.locator(".msg .txt", { hasText: text }).count();

const browser = await launch();
const alice = await person(browser);
const bob = await person(browser);
const mark = Date.now().toString(36);
await signIn(alice, ALICE);
await signIn(bob, BOB);
await openChat(alice, "general");
await openChat(bob, "general");
await say(alice, `before ${mark}`);
await hears(bob, `before ${mark}`);

run(SERVER_KILL);
await alice.locator("#status", { hasText: "Offline, trying again" }).waitFor();
await say(alice, `first ${mark}`);
await say(alice, `second ${mark}`);
await alice.fill("#composer", `draft ${mark}`);
assert.equal(await alice.locator(".msg.pend").count(), 2);
await alice.locator("#status", { hasText: "2 messages waiting" }).waitFor();
assert.match(await alice.locator("#address").innerText(), /waits here until/);
await picture(alice, "offline");

run(SERVER_START);
await connected(alice);
await connected(bob);
await hears(bob, `second ${mark}`);
await hears(alice, `second ${mark}`);
for (const page of [alice, bob]) {
  for (const text of ["before", "first", "second"]) assert.equal(await count(page, `${text} ${mark}`), 1, text);
}
assert.equal(await alice.locator(".msg.pend").count(), 0);

// What is not sent yet outlives the page: the server is away while it is closed. A page
// cannot be loaded from a dead server, so it is written, the tab closed, and opened later.
run(SERVER_KILL);
await alice.locator("#status", { hasText: "Offline" }).waitFor();
await say(alice, `kept ${mark}`);
await alice.fill("#composer", `draft two ${mark}`);
const context = alice.context();
await alice.close();
run(SERVER_START);
const again = await context.newPage();
again.complaints = [];
again.on("pageerror", (error) => again.complaints.push(error.message));
await openChat(again);
await hears(again, `kept ${mark}`);
await hears(bob, `kept ${mark}`);
assert.equal(await count(bob, `kept ${mark}`), 1);
assert.equal(await again.inputValue("#composer"), `draft two ${mark}`);

// Killed in mid-flow: every message that is shown as kept is there once.
for (let n = 0; n < 20; n++) {
  await say(again, `flow ${n}. ${mark}`);
  if (n === 10) run(SERVER_KILL);
}
run(SERVER_START);
await connected(again);
await hears(bob, `flow 19. ${mark}`, 30_000);
const texts = await bob.locator(".msg .txt", { hasText: "flow" }).allInnerTexts();
assert.deepEqual(texts.filter((text) => text.includes(mark)), Array.from({ length: 20 }, (_, n) => `flow ${n}. ${mark}`));

assert.deepEqual(again.complaints, []);
assert.deepEqual(bob.complaints, []);
await browser.close();
console.log("offline: ok");
