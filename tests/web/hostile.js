// Script in every field that people can fill. Nothing of it may run, and all
// of it must show as the text that it is. BASE, ALICE, PASSWORD come from the test, and JSON lists:
// PAYLOADS, texts each of which stands somewhere on the pages, and WRITTEN, texts to write.

import { holds, run, same, step, until } from "./driver.js";
import { ALICE, BASE, connected, hears, person, row, say, signIn } from "./person.js";

const [PAYLOADS, WRITTEN] = [process.env.PAYLOADS, process.env.WRITTEN].map(JSON.parse);

/** What would be there if a text had become markup. */
const SIGNS = 'img[src="x"], script:not([src]), svg[onload], iframe, [onerror], [onload], [onclick]';

await run(async (browser) => {
  const page = await person(browser);
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
    await signIn(page, ALICE);
    await clean("the start");
  });

  const shown = new Set();
  const look = async (where) => {
    // A long name is cut in its middle, and stands whole in its title.
    const text = await page.evaluate(() => {
      const titles = [...document.querySelectorAll("[title]")].map((each) => each.title);
      return [document.body.innerText, ...titles].join("\n");
    });
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
  await step("the room, written in", async () => {
    await page.goto(`${BASE}/chat.html`);
    await connected(page);
    for (const text of WRITTEN) await say(page, text);
    await say(page, "the end of what is written");
    await hears(page, "the end of what is written");
    await look("what one writes oneself");
    for (const tag of ["i:not(.pr)", "u", "object", "style"]) {
      same(await page.locator(`.txt ${tag}`).count(), 0, `${tag} out of texts`);
    }
  });
  await step("a file that would be a page is fetched, and never run", async () => {
    await page.setInputFiles("#composer-area input[type=file]", {
      name: '"><img src=x onerror=pwned=20>.html',
      mimeType: "text/html",
      buffer: Buffer.from("<script>alert(21)</script>"),
    });
    await page.locator(".chip .tf-words", { hasText: "Ready" }).waitFor();
    await say(page, "a page of mine");
    await hears(page, "a page of mine");
    await clean("a file of one's own");
    const href = await row(page, "a page of mine").locator("a[download]").getAttribute("href");
    const headers = (await page.context().request.get(BASE + href)).headers();
    holds(headers["content-disposition"].startsWith("attachment"), "it is a download");
    same(headers["x-content-type-options"], "nosniff", "its type is not guessed");
    holds(headers["content-security-policy"].includes("sandbox"), "it is in a sandbox");
    holds(!headers["content-type"].includes("html"), "it is not served as a page");
  });
  await step("nothing secret is where a script could read it", async () => {
    const kept = await page.evaluate(
      () => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + document.documentElement.outerHTML,
    );
    const session = (await page.context().cookies()).find(({ name }) => name === "__Host-session");
    holds(!kept.includes(session.value) && !/__Host-session/.test(kept), "the session's token is hidden");
  });
  await step("every text was shown as it is", () => {
    const missing = PAYLOADS.filter((payload) => !shown.has(payload));
    same(missing, [], "texts that are nowhere on the pages");
  });
  same([...hosts], [new URL(BASE).host], "hosts that the pages asked");
  holds(found.length === 0, found.join("\n"));
  same(page.complaints, [], "complaints of the pages");
});
