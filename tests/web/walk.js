// A person's way through the pages, from the closed door to the sign-out: the
// walk that the pages promise. BASE, ALICE, BOB, PASSWORD come from the test.

import { readFile } from "node:fs/promises";
import { ask, holds, run, same, step, until } from "./driver.js";

const { BASE, PASSWORD } = process.env;
const [ALICE, BOB] = [process.env.ALICE, process.env.BOB];

const said = (page, text) => page.getByText(text, { exact: true });

async function visible(page, text) {
  await said(page, text).first().waitFor({ state: "visible" });
}

async function once(page, text) {
  await visible(page, text);
  same(await said(page, text).count(), 1, `“${text}” stands once on the page`);
}

async function say(page, text) {
  await page.locator("#composer").fill(text);
  await page.locator("#composer").press("Enter");
}

async function fillIn(page, username, password) {
  await page.locator('input[name="username"]').fill(username);
  await page.locator('input[name="password"]').fill(password);
  const answered = page.waitForResponse(
    (response) =>
      new URL(response.url()).pathname === "/login" && response.request().method() === "POST",
  );
  await page.locator('input[name="password"]').press("Enter");
  return answered;
}

async function signIn(context, username) {
  const page = await context.newPage();
  await page.goto(`${BASE}/login.html`);
  same((await fillIn(page, username, PASSWORD)).status(), 303, "signing in");
  await page.waitForURL(`${BASE}/index.html`);
  return page;
}

function attributes(cookie) {
  return cookie.split(";").map((part) => part.trim());
}

await run(async (browser) => {
  const context = () => browser.newContext({ ignoreHTTPSErrors: true, locale: "en-GB" });
  const [alices, bobs] = [await context(), await context()];
  const alice = await alices.newPage();
  const wrong = [];
  for (const page of [alice]) page.on("pageerror", (error) => wrong.push(String(error)));

  await step("the door is closed without a cookie", async () => {
    for (const path of ["/", "/index.html", "/chat.html"]) {
      const answer = await alice.goto(BASE + path);
      same(answer.status(), 401, path);
      holds(
        await alice.locator('a[href^="/login.html"]').count(),
        `${path} leads to the sign-in`,
      );
    }
  });

  await step("the form refuses a wrong password", async () => {
    same((await alice.goto(`${BASE}/login.html`)).status(), 200, "the form");
    same((await fillIn(alice, ALICE, `${PASSWORD} not`)).status(), 401, "a wrong password");
    await alice.locator('input[name="password"]').waitFor();
    same((await alices.cookies()).length, 0, "cookies after a wrong password");
  });

  await step("the right password sets the cookie, and the rooms show", async () => {
    const answer = await fillIn(alice, ALICE, PASSWORD);
    same(answer.status(), 303, "the right password");
    const headers = await answer.headersArray();
    const cookies = headers.filter(({ name }) => name.toLowerCase() === "set-cookie");
    same(cookies.length, 1, "cookies that are set");
    const parts = attributes(cookies[0].value);
    holds(/^__Host-session=.{20,}$/.test(parts[0]), `${parts[0]} is the session`);
    for (const part of ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]) {
      holds(parts.includes(part), `${part} in ${parts.slice(1)}`);
    }
    await alice.waitForURL(`${BASE}/index.html`);
    same((await alice.goto(`${BASE}/`)).status(), 200, "/ with a session");
    await alice.getByText("general").first().waitFor();
  });

  const bob = await signIn(bobs, BOB);
  bob.on("pageerror", (error) => wrong.push(String(error)));

  await step("two browsers and the desktop app talk at once", async () => {
    await Promise.all([alice.goto(`${BASE}/chat.html`), bob.goto(`${BASE}/chat.html`)]);
    await Promise.all([alice, bob].map((page) => page.locator("#composer").waitFor()));
    await say(alice, "Chào cả nhà, from alice");
    await visible(bob, "Chào cả nhà, from alice");
    await say(bob, "大家好 from bob");
    await visible(alice, "大家好 from bob");
    await ask("desktop says", { text: "bonjour from the desktop" });
    await Promise.all([alice, bob].map((page) => visible(page, "bonjour from the desktop")));
    await ask("desktop has", { texts: ["Chào cả nhà, from alice", "大家好 from bob"] });
  });

  await step("a file goes from one browser to the other", async () => {
    const bytes = Buffer.alloc(3_000_000, "a file of the walk ");
    const chooser = alice.waitForEvent("filechooser");
    await alice.getByRole("button", { name: /add a file/i }).first().click();
    await (await chooser).setFiles({
      name: "wálk report.bin",
      mimeType: "application/octet-stream",
      buffer: bytes,
    });
    await say(alice, "here it is");
    await visible(bob, "here it is");
    const download = bob.waitForEvent("download");
    await bob.locator('a[href^="/files/"]').first().click();
    const got = await readFile(await (await download).path());
    same((await download).suggestedFilename(), "wálk report.bin", "its name");
    holds(got.equals(bytes), "the bytes are the same");
  });

  await step("a reload stays signed in, in the same room", async () => {
    await alice.reload();
    await alice.locator("#composer").waitFor();
    await visible(alice, "大家好 from bob");
  });

  await step("the server dies and comes back: nothing lost, nothing doubled", async () => {
    await ask("kill");
    await say(alice, "written while the server is away");
    await visible(alice, "written while the server is away");
    await ask("start again");
    await visible(bob, "written while the server is away");
    await say(bob, "bob after the restart");
    for (const page of [alice, bob]) {
      for (const text of [
        "Chào cả nhà, from alice",
        "written while the server is away",
        "bob after the restart",
      ]) {
        await once(page, text);
      }
    }
    same(await ask("kept", { text: "written while the server is away" }), 1, "kept");
    await alice.reload();
    await once(alice, "written while the server is away");
  });

  await step("signing out, and the old cookie opens nothing", async () => {
    const old = (await alices.cookies()).find(({ name }) => name === "__Host-session");
    await alice.goto(`${BASE}/index.html`);
    await alice.locator('form[action="/logout"] button').first().click();
    await alice.waitForURL(/\/login\.html/);
    same((await alices.cookies()).length, 0, "cookies after signing out");
    const thief = await context();
    await thief.addCookies([old]);
    for (const path of ["/", "/index.html", "/chat.html", "/files.html"]) {
      const answer = await thief.request.get(BASE + path, { maxRedirects: 0 });
      same(answer.status(), 401, `${path} with the old cookie`);
    }
    same((await thief.request.post(`${BASE}/files`)).status(), 401, "/files with the old cookie");
    await until("bob's page still works", () => said(bob, "bob after the restart").count());
  });

  same(wrong, [], "errors on the pages");
});
