// Many messages: read upwards in a page that stays small, with nothing moving
// under the reader's eyes while others write; back to now; a reload to the same place.

import assert from "node:assert/strict";
import { run, step } from "./driver.js";
import { ALICE, hears, openChat, pair, picture, quiet, say } from "./person.js";

const MANY = 1_000;
// More rows than this in the page would grow with the history.
const MOST_ROWS = 320;

// Writes many messages by a WebSocket of the page's own, as a bot would.
function flood(page, room, mark, many) {
  return page.evaluate(
    ([room, mark, many]) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`wss://${location.host}/ws`, "parlor.1");
        let answered = 0;
        socket.onerror = () => reject(new Error("the flood's WebSocket broke"));
        socket.onmessage = ({ data }) => {
          const line = JSON.parse(data);
          if (line.type === "session") {
            for (let n = 1; n <= many; n++) {
              const text = `${n}. ${mark} ${"and so on ".repeat(n % 13)}${n % 40 === 0 ? "\n```\ncode\nof lines\n```" : ""}`;
              socket.send(JSON.stringify({ type: "send", id: n, room, text, nonce: `${mark}-${n}` }));
            }
          }
          if (line.type === "error") reject(new Error(line.message));
          if (line.type === "sent" && ++answered === many) (socket.close(), resolve());
        };
      }),
    [room, mark, many],
  );
}

// The first row that is read, and where it stands.
function reading(page) {
  return page.evaluate(() => {
    const box = document.querySelector("#timeline").getBoundingClientRect();
    const first = [...document.querySelectorAll(".line")].find((line) => line.dataset.key !== "0" && line.getBoundingClientRect().top >= box.top);
    return { key: first.dataset.key, top: Math.round(first.getBoundingClientRect().top) };
  });
}

function topOf(page, key) {
  return page.evaluate((key) => Math.round(document.querySelector(`.line[data-key="${key}"]`)?.getBoundingClientRect().top ?? NaN), key);
}

await run(async (browser) => {
  const [alice, bob] = await pair(browser);
  const mark = Date.now().toString(36);
  const room = `history-${mark}`;
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
  await flood(bob, room, mark, MANY);
  await hears(alice, `${MANY}. ${mark}`, 60_000);

  await step("reading upwards");
  // Read from the end to the beginning; the page stays small and no scroll takes long.
  await openChat(alice, room);
  await hears(alice, `${MANY}. ${mark}`);
  await alice.locator("#timeline").hover();
  let worst = 0;
  let top = "";
  for (let n = 0; n < 400 && !top.startsWith("1. "); n++) {
    const began = Date.now();
    await alice.mouse.wheel(0, -2400);
    await alice.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    worst = Math.max(worst, Date.now() - began);
    const rows = await alice.locator(".line").count();
    assert.ok(rows <= MOST_ROWS, `${rows} rows stand in the page`);
    if (n % 10 === 9) top = await alice.evaluate(() => document.querySelector(".line:not([data-key='0']) .txt")?.innerText ?? "");
  }
  assert.ok(top.startsWith("1. "), `the beginning was not reached: ${top}`);
  await alice.locator(".edge", { hasText: "begins" }).waitFor();

  await step("nothing moves while others write");
  // In the middle, nothing moves while others write, react above, and edit.
  await alice.mouse.wheel(0, 20_000);
  // The scroll has come to rest once two looks see the same.
  let place = await reading(alice);
  for (let last = {}; place.key !== last.key || place.top !== last.top; ) {
    last = place;
    await alice.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    place = await reading(alice);
  }
  await flood(bob, room, `${mark}x`, 50);
  await alice.locator("#pill", { hasText: "50 new" }).waitFor();
  assert.equal(await topOf(alice, place.key), place.top);
  await picture(alice, "history");

  await step("a reload");
  // A reload comes back to the same message at the same height.
  await alice.waitForFunction(
    ([user, key]) => JSON.parse(localStorage.getItem(`parlor:${user}:place`) ?? "{}").key <= Number(key),
    [ALICE, place.key],
  );
  await alice.reload();
  await alice.locator(`.line[data-key="${place.key}"]`).waitFor();
  await alice.waitForFunction(([key, top]) => Math.abs(document.querySelector(`.line[data-key="${key}"]`).getBoundingClientRect().top - top) <= 2, [place.key, place.top]);

  await step("back to now");
  // Back to now.
  await alice.locator("#pill").click();
  await hears(alice, `50. ${mark}x`);
  await alice.locator("#pill").waitFor({ state: "hidden" });
  await say(bob, `live again ${mark}`);
  await hears(alice, `live again ${mark}`);

  quiet(alice);
});
