// Every page at a desk and on a phone, dark and light: a picture of each is
// kept, and axe-core must find nothing serious. BASE, ALICE, PASSWORD, SCREENS, INVITE come
// from the test.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { holds, run, step } from "./driver.mjs";

const { BASE, ALICE, PASSWORD, SCREENS, INVITE } = process.env;
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** What stands where, and what of it shows that it is there. */
const OUTSIDE = [
  ["login", "/login.html", 'input[name="username"]'],
  ["join", `/join?invite=${INVITE}`, 'input[name="username"]'],
  ["closed", "/chat.html", 'a[href^="/login.html"]'],
];
const INSIDE = [
  ["index", "/index.html", 'form[action="/logout"]'],
  ["chat", "/chat.html", "#composer"],
  ["files", "/files.html", "main"],
  ["nowhere", "/no-such-page", "main"],
];

/** The findings of axe that must not be there. */
async function serious(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id} (${help}): ${nodes[0].html.slice(0, 200)}`);
}

/** Whether the page is wider than its window. */
const overflows = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);

await run(async (browser) => {
  const found = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["dark", "light"]) {
      const context = await browser.newContext({
        ignoreHTTPSErrors: true,
        locale: "en-GB",
        viewport,
        colorScheme,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      page.on("pageerror", (error) => found.push(`${page.url()}: ${error}`));
      const look = async ([name, path, shows]) =>
        step(`${name}, ${size}, ${colorScheme}`, async () => {
          await page.goto(BASE + path);
          await page.locator(shows).first().waitFor();
          await page.evaluate(() => document.fonts.ready);
          await page.screenshot({ path: `${SCREENS}/web-${name}-${size}-${colorScheme}.png` });
          const where = `${name}, ${size}, ${colorScheme}`;
          if (await overflows(page)) found.push(`${where}: wider than the window`);
          for (const finding of await serious(page)) found.push(`${where}: ${finding}`);
        });
      for (const page of OUTSIDE) await look(page);
      await page.goto(`${BASE}/login.html`);
      await page.locator('input[name="username"]').fill(ALICE);
      await page.locator('input[name="password"]').fill(PASSWORD);
      await page.locator('input[name="password"]').press("Enter");
      await page.waitForURL(`${BASE}/index.html`);
      for (const page of INSIDE) await look(page);
      await context.close();
    }
  }
  holds(found.length === 0, `\n${found.join("\n")}`);
});
