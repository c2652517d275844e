// People at browsers: signed in, in the chat, writing and reading. BASE, ALICE, BOB and
// PASSWORD come from the test.

import assert from "node:assert/strict";

export const { BASE, ALICE, BOB, PASSWORD } = process.env;

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** A person at a browser of their own; what the page complains about is gathered in `complaints`. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: WIDE,
    locale: "en-GB",
    timezoneId: "Europe/Paris",
    ...options,
  });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    // That the server is away, or says 401, is what some walks are about.
    const away = /net::ERR|WebSocket|status of 40[13]|status of 50[234]/;
    if (message.type() === "error" && !away.test(message.text())) page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(error.stack ?? error.message));
  return page;
}

/** Signs in by the form. */
export async function signIn(page, username, password = PASSWORD) {
  await page.goto(`${BASE}/login.html`);
  await page.fill("#username", username);
  await page.fill("#password", password);
  await page.click("form button[type=submit]");
  await page.waitForURL(/index\.html|\/$/);
}

/** Two people, both signed in and in the chat. */
export async function pair(browser) {
  const pages = [];
  for (const username of [ALICE, BOB]) {
    const page = await person(browser);
    await signIn(page, username);
    await openChat(page, "general");
    pages.push(page);
  }
  return pages;
}

/** Fails where a page has complained. */
export function quiet(...pages) {
  for (const page of pages) assert.deepEqual(page.complaints, []);
}

/** Opens the chat, and waits until it can be written in. */
export async function openChat(page, room = "") {
  await page.goto(`${BASE}/chat.html${room && `#${encodeURIComponent(room)}`}`);
  await connected(page);
}

/** Waits until the page is connected. */
export function connected(page, timeout = 20_000) {
  const is = () =>
    document.querySelector("#status .dot")?.className === "dot " &&
    !document.querySelector("#composer")?.disabled;
  return page.waitForFunction(is, null, { timeout });
}

/** Writes a message. */
export async function say(page, text) {
  await page.fill("#composer", text);
  await page.press("#composer", "Enter");
}

/** Waits for a message of this text, kept by the server; answers how many there are. */
export async function hears(page, text, timeout = 10_000) {
  const line = page.locator(".msg:not(.pend) .txt", { hasText: text });
  await line.first().waitFor({ timeout });
  return line.count();
}

/** Takes a picture, kept with those of the other tests. */
export async function picture(page, name) {
  await page.screenshot({ path: `${process.env.SCREENS}/web-${name}.png` });
}

/** The row of a message, by what stands in its own text. */
export function row(page, text) {
  return page.locator(".msg", { has: page.locator(".txt", { hasText: text }) });
}
