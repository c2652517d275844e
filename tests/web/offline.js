// The server is killed and comes back: what is written meanwhile waits, survives a reload,
// and is sent once; nothing that others wrote is lost or doubled.

import assert from "node:assert/strict";
import { ask, run, step } from "./driver.js";
import { connected, hears, openChat, pair, picture, quiet, say } from "./person.js";

const count = (page, text) => page.locator(".msg .txt", { hasText: text }).count();

await run(async (browser) => {
  const [alice, bob] = await pair(browser);
  const mark = Date.now().toString(36);
  await say(alice, `before ${mark}`);
  await hears(bob, `before ${mark}`);

  await ask("kill");
  await alice.locator("#status", { hasText: "Offline, trying again" }).waitFor();
  await say(alice, `first ${mark}`);
  await say(alice, `second ${mark}`);
  await alice.fill("#composer", `draft ${mark}`);
  assert.equal(await alice.locator(".msg.pend").count(), 2);
  await alice.locator("#status", { hasText: "2 messages waiting" }).waitFor();
  assert.match(await alice.locator("#address").innerText(), /waits here until/);
  await picture(alice, "offline");

  await ask("start again");
  await connected(alice);
  await connected(bob);
  await hears(bob, `second ${mark}`);
  await hears(alice, `second ${mark}`);
  for (const page of [alice, bob]) {
    for (const text of ["before", "first", "second"]) assert.equal(await count(page, `${text} ${mark}`), 1, text);
  }
  assert.equal(await alice.locator(".msg.pend").count(), 0);

  await step("what waits outlives the page");
  // What is not sent yet outlives the page: the server is away while it is closed. A page
  // cannot be loaded from a dead server, so it is written, the tab closed, and opened later.
  await ask("kill");
  await alice.locator("#status", { hasText: "Offline" }).waitFor();
  await say(alice, `kept ${mark}`);
  await alice.fill("#composer", `draft two ${mark}`);
  const context = alice.context();
  await alice.close();
  await ask("start again");
  const again = await context.newPage();
  again.complaints = [];
  again.on("pageerror", (error) => again.complaints.push(error.message));
  await openChat(again);
  await hears(again, `kept ${mark}`);
  await hears(bob, `kept ${mark}`);
  assert.equal(await count(bob, `kept ${mark}`), 1);
  assert.equal(await again.inputValue("#composer"), `draft two ${mark}`);

  await step("killed in mid-flow");
  // Killed in mid-flow: every message that is shown as kept is there once.
  for (let n = 0; n < 20; n++) {
    await say(again, `flow ${n}. ${mark}`);
    if (n === 10) await ask("kill");
  }
  await ask("start again");
  await connected(again);
  await hears(bob, `flow 19. ${mark}`, 30_000);
  const texts = await bob.locator(".msg .txt", { hasText: "flow" }).allInnerTexts();
  assert.deepEqual(texts.filter((text) => text.includes(mark)), Array.from({ length: 20 }, (_, n) => `flow ${n}. ${mark}`));

  quiet(again, bob);
});
