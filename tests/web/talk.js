// Two people talk: messages, answers, reactions, edits, deletion, typing, unread, search.

import assert from "node:assert/strict";
import { run, step } from "./driver.js";
import { ALICE, BOB, hears, pair, picture, quiet, row as rowOf, say } from "./person.js";

await run(async (browser) => {
  const [alice, bob] = await pair(browser);
  const mark = Date.now().toString(36);

  await step("two people hear each other");
  // Each hears the other at once.
  await say(alice, `Hello ${mark}\nsecond **line**`);
  await hears(bob, `Hello ${mark}`);
  await bob.fill("#composer", "w");
  await alice.locator(".typing", { hasText: "typing" }).waitFor();
  await say(bob, `@${ALICE} welcome ${mark} https://lab4.example.org/bench`);
  await hears(alice, `welcome ${mark}`);
  assert.equal(await alice.locator(".msg.men", { hasText: `welcome ${mark}` }).count(), 1);
  const link = alice.locator(".msg a", { hasText: "lab4.example.org/bench" }).last();
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer nofollow");

  await step("an answer");
  // An answer, by the buttons over the row; a click on its quote leads there.
  const row = rowOf(alice, `welcome ${mark}`);
  await row.hover();
  await row.locator(".acts button").nth(1).click();
  await say(alice, `thanks ${mark}`);
  await hears(bob, `thanks ${mark}`);
  const quote = rowOf(bob, `thanks ${mark}`).locator(".quote");
  assert.match(await quote.innerText(), new RegExp(`welcome ${mark}`));
  await quote.click();
  await bob.locator(".msg.found", { hasText: `welcome ${mark}` }).waitFor();

  await step("a reaction");
  // A reaction goes on, is counted, and off.
  await row.hover();
  await row.locator(".acts button").nth(0).click();
  await alice.locator(".emoji-picker button").nth(3).click();
  const reaction = rowOf(bob, `welcome ${mark}`).locator(".rea");
  await reaction.waitFor();
  await reaction.click();
  await row.locator(".rea", { hasText: "2" }).waitFor();
  await rowOf(bob, `welcome ${mark}`).locator('.rea[aria-pressed="true"]').waitFor();
  await reaction.click();
  await row.locator(".rea", { hasText: "1" }).waitFor();

  await step("an edit");
  // Up edits the last message; the other sees it, marked.
  await alice.press("#composer", "ArrowUp");
  assert.equal(await alice.inputValue("#composer"), `thanks ${mark}`);
  await say(alice, `many thanks ${mark}`);
  await rowOf(bob, `many thanks ${mark}`).locator(".edited").waitFor();
  await picture(bob, "talk");

  await step("a deletion");
  // A deletion asks first, and leaves nothing of the text.
  await say(alice, `secret ${mark}`);
  await hears(bob, `secret ${mark}`);
  await rowOf(alice, `secret ${mark}`).focus();
  await alice.keyboard.press("Delete");
  await alice.locator("dialog .danf").click();
  await bob.waitForFunction((text) => !document.querySelector("#messages").innerText.includes(text), `secret ${mark}`);
  assert.ok(await alice.locator(".txt", { hasText: /^Deleted$/ }).last().isVisible());

  await step("a new room, unread");
  // A new room: made, joined by browsing, unread and mentions counted while one is elsewhere.
  const room = `room-${mark}`;
  await alice.locator("#sidebar .sec button").first().click();
  await alice.getByRole("menuitem", { name: /create a room/i }).click();
  await alice.locator("dialog input").first().fill(room);
  await alice.locator("dialog button[type=submit]").click();
  await alice.locator("h1", { hasText: room }).waitFor();
  await bob.locator("#sidebar .sec button").first().click();
  await bob.getByRole("menuitem", { name: /browse/i }).click();
  await bob.locator("dialog input").fill(room);
  await bob.locator(".browse-row .btn").first().click();
  await bob.locator("h1", { hasText: room }).waitFor();
  await alice.locator(".sys", { hasText: "joined" }).waitFor();
  await bob.locator("#sidebar .item", { hasText: "general" }).click();
  await say(alice, `one ${mark}`);
  await say(alice, `two for @${BOB} ${mark}`);
  const item = bob.locator(`#sidebar [data-room="${room}"]`);
  await item.locator(".badge.at", { hasText: "@1" }).waitFor();
  await bob.waitForFunction(() => /^\(\d+\)/.test(document.title));
  await item.click();
  await hears(bob, `two for @${BOB} ${mark}`);
  assert.equal(await bob.locator(".new").count(), 1);
  await item.locator(".badge").waitFor({ state: "detached" });

  await step("a topic");
  // A topic reaches the others.
  await alice.locator("#header button").last().click();
  await alice.getByRole("menuitem", { name: /topic/i }).click();
  await alice.locator("dialog input").fill(`About ${mark}`);
  await alice.locator("dialog button[type=submit]").click();
  await bob.locator(".topic", { hasText: `About ${mark}` }).waitFor();

  await step("commands");
  // A command is done and not said; one that there is none of stands, with what to do.
  const text = (of) => of.locator("#messages").innerText();
  await say(alice, `/dance ${mark}`);
  await alice.locator(".notice.bad", { hasText: "no command /dance" }).waitFor();
  assert.equal(await alice.inputValue("#composer"), `/dance ${mark}`);
  await say(alice, "/who");
  await alice.locator(".notice.says", { hasText: `In #${room}` }).waitFor();
  assert.equal(await alice.inputValue("#composer"), "");
  await say(alice, "/help");
  await alice.locator(".notice.says", { hasText: "/topic text" }).waitFor();
  await say(alice, `/topic By command ${mark}`);
  await bob.locator(".topic", { hasText: `By command ${mark}` }).waitFor();
  await say(alice, `//help ${mark}`);
  await hears(bob, `/help ${mark}`);
  for (const page of [alice, bob]) assert.ok(!/dance|\/who/.test(await text(page)));
  assert.match(await alice.title(), new RegExp(`^#${room} · Parlor$`));

  await step("search");
  // Search finds it without marks and in another case, and leads there.
  await bob.keyboard.press("Control+f");
  await bob.fill("#panel input", `TWO ${mark}`);
  await bob.locator(".hit mark").first().waitFor();
  await bob.locator(".hit").first().click();
  await bob.locator(".msg.found", { hasText: `two for` }).waitFor();
  await bob.keyboard.press("Escape");

  await step("a room of two");
  // A room of two.
  await bob.locator("#sidebar .item", { hasText: "general" }).click();
  if (await bob.locator("#panel").isHidden()) await bob.keyboard.press("Control+Shift+P");
  await bob.locator(`.pp[title="@${ALICE}"]`).click();
  await bob.getByRole("menuitem").nth(0).click();
  await bob.locator("#address", { hasText: "To" }).waitFor();
  await bob.waitForFunction(() => !document.querySelector("h1").textContent.includes("general"));
  await say(bob, `just us ${mark}`);
  await alice.locator("#sidebar .item .badge").first().waitFor();

  await step("a reload");
  // A reload comes back to the same room, signed in.
  const title = await bob.locator("h1").innerText();
  await bob.reload();
  await hears(bob, `just us ${mark}`);
  assert.equal(await bob.locator("h1").innerText(), title);

  quiet(alice, bob);
});
