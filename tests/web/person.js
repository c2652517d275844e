// A browser for the walks: Debian's chromium by playwright-core, driven at BASE.
//
// BASE is the server's address; USER_A, USER_B and PASSWORD are two accounts on it. The
// certificate is self-signed as a rule, and the pin is not a browser's to check.

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

export const BASE = process.env.BASE ?? "https://127.0.0.1:8888";
export const ALICE = process.env.USER_A ?? "alice";
export const BOB = process.env.USER_B ?? "bob";
export const PASSWORD = process.env.PASSWORD ?? "correct horse battery staple";
const SCREENS = process.env.SCREENS;

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // Downloads are outside of what ignoreHTTPSErrors covers.
  "--ignore-certificate-errors",
];

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Starts a browser. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** A person at a browser of their own; what the page complains about is gathered in `complaints`. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: WIDE, locale: "en-GB", timezoneId: "Europe/Paris", ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    // That the server is away, or says 401, is what some walks are about.
    if (message.type() === "error" && !/net::ERR|WebSocket|status of 40[13]|status of 50[234]/.test(message.text())) page.complaints.push(message.text());
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

/** Opens the chat, and waits until it can be written in. */
export async function openChat(page, room = "") {
  await page.goto(`${BASE}/chat.html${room && `#${encodeURIComponent(room)}`}`);
  await connected(page);
}

/** Waits until the page is connected. */
export function connected(page, timeout = 20_000) {
  return page.waitForFunction(() => document.querySelector("#status .dot")?.className === "dot " && !document.querySelector("#composer")?.disabled, null, { timeout });
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

/** Takes a picture, where SCREENS names a folder. */
export async function picture(page, name) {
  if (!SCREENS) return;
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: `${SCREENS}/${name}.png` });
}

/** The row of a message, by what stands in its own text. */
export function row(page, text) {
  return page.locator(".msg", { has: page.locator(".txt", { hasText: text }) });
}
