// Script in every field that people can fill. Nothing of it may run, and all
// of it must show as the text that it is. BASE, ALICE, PASSWORD, PAYLOADS (a JSON list of texts,
// each of which stands somewhere on the pages) come from the test.

import { holds, run, same, step, until } from "./driver.mjs";

const { BASE, ALICE, PASSWORD } = process.env;
const PAYLOADS = JSON.parse(process.env.PAYLOADS);

/** What would be there if a text had become markup. */
const SIGNS = 'img[src="x"], script:not([src]), svg[onload], iframe, [onerror], [onload], [onclick]';

await run(async (browser) => {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-GB" });
  const page = await context.newPage();
  const found = [];
  page.on("dialog", async (dialog) => {
    found.push(`a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("pageerror", (error) => found.push(String(error)));
  // The pages' own policy stops inline script; that it had to is a finding too.
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) found.push(message.text());
  });
  const hosts = new Set();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http")) hosts.add(url.host);
  });

  const clean = async (where) => {
    const signs = await page.locator(SIGNS).evaluateAll((all) => all.map((e) => e.outerHTML));
    same(signs, [], `markup out of texts, ${where}`);
    same(await page.evaluate("window.pwned ?? null"), null, `script that ran, ${where}`);
    const bad = await page
      .locator("a[href]")
      .evaluateAll((all) =>
        all.map((a) => a.href).filter((href) => /^(javascript|data|vbscript):/i.test(href)),
      );
    same(bad, [], `links that run script, ${where}`);
    const opened = await page
      .locator('a[target="_blank"]')
      .evaluateAll((all) => all.filter((a) => !/noopener/.test(a.rel)).map((a) => a.href));
    same(opened, [], `links that give their opener away, ${where}`);
  };

  await step("signing in", async () => {
    await page.goto(`${BASE}/login.html`);
    await page.locator('input[name="username"]').fill(ALICE);
    await page.locator('input[name="password"]').fill(PASSWORD);
    await page.locator('input[name="password"]').press("Enter");
    await page.waitForURL(`${BASE}/index.html`);
    await clean("the start");
  });

  const shown = new Set();
  const look = async (where) => {
    const text = await page.evaluate(() => document.body.innerText);
    for (const payload of PAYLOADS) if (text.includes(payload)) shown.add(payload);
    await clean(where);
  };

  await step("the start page", () => look("the start"));
  await step("the room", async () => {
    await page.goto(`${BASE}/chat.html`);
    await page.locator("#composer").waitFor();
    await until("the last message", () => page.getByText("the end of it").count());
    await look("the room");
  });
  await step("the files", async () => {
    await page.goto(`${BASE}/files.html`);
    await page.locator("main").waitFor();
    await until("a file", () => page.locator('a[href^="/files/"]').count());
    await look("the files");
  });
  await step("every text was shown as it is", () => {
    const missing = PAYLOADS.filter((payload) => !shown.has(payload));
    same(missing, [], "texts that are nowhere on the pages");
  });
  same([...hosts], [new URL(BASE).host], "hosts that the pages asked");
  holds(found.length === 0, found.join("\n"));
});
