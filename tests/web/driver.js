// What every script here needs: a browser, the test that started it, and steps
// that say which one failed.
//
// The test speaks over standard input and output, one JSON object a line: the
// script asks (`{"ask":"kill"}`), the test answers (`{"answer":…}`).

import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

/** How long a fact may take that must come soon. */
export const SOON = 20_000;

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Downloads are outside of what ignoreHTTPSErrors covers.
  "--ignore-certificate-errors",
];

/** A browser; as root its own sandbox cannot be had. */
export async function launch() {
  const args = process.getuid?.() === 0 ? [...FLAGS, "--no-sandbox"] : FLAGS;
  return chromium.launch({ executablePath: process.env.CHROMIUM, args, timeout: SOON });
}

const answers = [];
const waiting = [];
let over = false;
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const answer = JSON.parse(line).answer;
    const next = waiting.shift();
    if (next) next(answer);
    else answers.push(answer);
  })
  .on("close", () => {
    over = true;
  });

/** Asks the test for something that only it can do, and waits until it is done. */
export async function ask(what, members = {}) {
  process.stdout.write(`${JSON.stringify({ ask: what, ...members })}\n`);
  if (answers.length) return answers.shift();
  if (over) throw new Error(`nobody answers ${what}`);
  return new Promise((resolve) => waiting.push(resolve));
}

/** Fails the script with both values shown. */
export function same(actual, expected, what) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}: ${a} instead of ${e}`);
}

/** Fails the script unless it holds. */
export function holds(fact, what) {
  if (!fact) throw new Error(`not so: ${what}`);
}

/** Waits until `fact` gives something true. */
export async function until(what, fact, within = SOON) {
  const deadline = Date.now() + within;
  for (;;) {
    const value = await fact();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`waited ${within} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

let name = "the start";

/**
 * One step, or what comes until the next; its name stands in the failure, and in the log of a
 * run that passes.
 */
export async function step(what, does = () => {}) {
  name = what;
  process.stderr.write(`- ${what}\n`);
  return does();
}

/** Runs a script to its end: exit code 0, or 1 and the step that failed. */
export async function run(script) {
  const browser = await launch();
  const pages = () => browser.contexts().flatMap((context) => context.pages());
  try {
    await script(browser);
    process.exitCode = 0;
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`failed at: ${name}\n${error.stack}\n`);
    for (const [at, page] of pages().entries()) {
      const path = `${process.env.SCREENS}/failed-${process.env.TEST}-${at}.png`;
      await page.screenshot({ path }).catch(() => {});
    }
  }
  await browser.close();
  process.stdin.destroy();
}
