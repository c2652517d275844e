// The chat by the keyboard alone, a session that is ended elsewhere, and signing out.

import assert from "node:assert/strict";
import { run, step } from "./driver.js";
import { ALICE, BASE, BOB, PASSWORD, hears, openChat, person, picture, quiet, row, say, signIn } from "./person.js";

await run(async (browser) => {
  const alice = await person(browser);
  const bob = await person(browser);
  const mark = Date.now().toString(36);
  await signIn(bob, BOB);
  await openChat(bob, "general");

  await step("signing in");
  // Signing in, without the pointer.
  await alice.goto(`${BASE}/login.html?next=/chat.html`);
  await alice.waitForFunction(() => document.activeElement.id === "username");
  await alice.keyboard.type(ALICE);
  await alice.keyboard.press("Tab");
  await alice.keyboard.type(PASSWORD);
  await alice.keyboard.press("Enter");
  await alice.waitForURL(/\/chat\.html/);
  const focused = () => alice.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName);
  await alice.waitForFunction(() => document.activeElement.id === "composer" && !document.activeElement.disabled);
  await alice.keyboard.press("Control+k");
  await alice.keyboard.type("general");
  await alice.keyboard.press("Enter");
  await alice.locator("h1", { hasText: "general" }).waitFor();
  await alice.keyboard.type(`by keys ${mark}`);
  await alice.keyboard.press("Shift+Enter");
  await alice.keyboard.type("second line");
  await alice.keyboard.press("Enter");
  await hears(bob, `by keys ${mark}`);

  await step("from region to region");
  // From region to region, and from message to message.
  await say(bob, `answer me ${mark}`);
  await hears(alice, `answer me ${mark}`);
  await alice.keyboard.press("Shift+F6");
  assert.equal(await focused(), "timeline");
  await alice.keyboard.press("ArrowUp");
  assert.ok(await row(alice, `answer me ${mark}`).evaluate((each) => each === document.activeElement));
  await alice.keyboard.press("r");
  await alice.keyboard.type(`answered ${mark}`);
  await alice.keyboard.press("Enter");
  await row(bob, `answered ${mark}`).locator(".quote").waitFor();
  await hears(alice, `answered ${mark}`);
  await alice.keyboard.press("Shift+F6");
  await alice.keyboard.press("ArrowUp");
  await alice.keyboard.press("ArrowUp");
  await alice.keyboard.press("e");
  await alice.keyboard.press("Enter");
  await row(bob, `answer me ${mark}`).locator(".rea").waitFor();

  await step("names are completed");
  // Names are completed; a word being completed takes the Enter.
  await alice.locator("#composer").focus();
  await alice.keyboard.type(`@${BOB.slice(0, 2)}`);
  await alice.locator(".complete .option").first().waitFor();
  await alice.keyboard.press("Enter");
  assert.equal(await alice.inputValue("#composer"), `@${BOB} `);
  await alice.fill("#composer", "");

  await step("rooms");
  // Rooms by Alt and the arrows; Esc closes the panel, then comes back to the composer.
  const title = () => alice.locator("h1").innerText();
  const first = await title();
  await alice.keyboard.press("Alt+ArrowUp");
  assert.notEqual(await title(), first);
  await alice.keyboard.press("Alt+ArrowDown");
  assert.equal(await title(), first);
  await alice.keyboard.press("Control+Shift+F");
  await alice.locator("#panel input").waitFor();
  await alice.keyboard.press("Escape");
  assert.equal(await focused(), "composer");

  await step("a session that is ended elsewhere");
  // A session that is ended elsewhere: the page says so, and leads to the sign-in and back.
  const other = await alice.context().browser().newContext({ ignoreHTTPSErrors: true, locale: "en-GB" });
  const second = await other.newPage();
  await signIn(second, ALICE);
  await second.evaluate(
    () =>
      new Promise((resolve) => {
        const socket = new WebSocket(`wss://${location.host}/ws`, "parlor.1");
        let left = 0;
        socket.onmessage = ({ data }) => {
          const line = JSON.parse(data);
          if (line.type === "session") socket.send(JSON.stringify({ type: "sessions", id: 1 }));
          if (line.type === "sessions") {
            const others = line.sessions.filter((each) => !each.current);
            left = others.length;
            others.forEach(({ session }, n) => socket.send(JSON.stringify({ type: "end_session", session, id: 2 + n })));
          }
          if (line.type === "done" && --left === 0) resolve();
        };
      }),
  );
  await alice.locator("dialog.ended").waitFor();
  await picture(alice, "ended");
  await alice.keyboard.press("Escape");
  assert.ok(await alice.locator("dialog.ended").isVisible());
  await alice.locator("dialog.ended a").click();
  await alice.waitForURL(/login\.html\?next=/);
  await alice.fill("#username", ALICE);
  await alice.fill("#password", PASSWORD);
  await alice.keyboard.press("Enter");
  await alice.waitForURL(/\/chat\.html/);

  await step("signing out");
  // Signing out leaves nothing in the browser, and the page is shut.
  await alice.waitForFunction(() => document.querySelector("#composer") && !document.querySelector("#composer").disabled && document.querySelector(".msg"));
  await alice.locator("#sidebar .switch .ib").last().click();
  await alice.getByRole("menuitem", { name: /sign out/i }).click();
  await alice.locator("dialog .dlg-foot .btn").last().click();
  await alice.waitForURL(/login\.html/);
  assert.equal(await alice.evaluate((user) => Object.keys(localStorage).filter((key) => key.startsWith(`parlor:${user}:`)).join(), ALICE), "");
  assert.equal((await alice.goto(`${BASE}/chat.html`)).status(), 401);

  quiet(bob, alice);
});
