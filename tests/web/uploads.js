// Files in the browser: added by the button, by paste and by drop, shown, fetched; paused,
// gone on with after the server died, and after a reload by choosing the same file again.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, run, step } from "./driver.js";
import { BASE, connected, hears, pair, picture, quiet, row, say } from "./person.js";


// Long enough on the slow line below for all that happens meanwhile.
const BIG = 24 * 1024 * 1024;
const SLOW = 4_000_000;
const folder = mkdtempSync(join(tmpdir(), "parlor-uploads-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const big = join(folder, "Đà-Lạt-trạm-đo-số-2.bin");
const bytes = Buffer.alloc(BIG);
for (let at = 0; at < BIG; at += 4) bytes.writeUInt32LE(Math.imul(at, 2654435761) >>> 0, at);
writeFileSync(big, bytes);
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

await run(async (browser) => {
  const [alice, bob] = await pair(browser);
  const mark = Date.now().toString(36);
  const choose = (page, files) => page.setInputFiles("#composer-area input[type=file]", files);

  await step("by button, paste and drop");
  // By the button, by paste, by drop: three chips, one message.
  await choose(alice, { name: `notes-${mark}.md`, mimeType: "text/markdown", buffer: Buffer.from("# notes\n") });
  const give = (kind, name, type) =>
    alice.evaluate(
      ([kind, name, type, data]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], name, { type }));
        const target = kind === "paste" ? document.querySelector("#composer") : document.querySelector("#main");
        const Kind = kind === "paste" ? ClipboardEvent : DragEvent;
        const init = { bubbles: true, cancelable: true, [kind === "paste" ? "clipboardData" : "dataTransfer"]: transfer };
        target.dispatchEvent(new Kind(kind, init));
      },
      [kind, name, type, png.toString("base64")],
    );
  await give("paste", `pasted-${mark}.png`, "image/png");
  await give("drop", `dropped-${mark}.png`, "image/png");
  await alice.waitForFunction(() => [...document.querySelectorAll(".chip .tf-words")].filter((each) => each.textContent.startsWith("Ready")).length === 3);
  await say(alice, `three files ${mark}`);
  await hears(bob, `three files ${mark}`);
  const message = row(bob, `three files ${mark}`);
  assert.equal(await message.locator("img").count(), 2);
  for (const image of await message.locator("img").elementHandles()) await bob.waitForFunction((each) => each.complete && each.naturalWidth > 0, image);
  const [download] = await Promise.all([bob.waitForEvent("download"), message.locator("a[download]").click()]);
  assert.equal(readFileSync(await download.path(), "utf8"), "# notes\n");
  assert.equal(download.suggestedFilename(), `notes-${mark}.md`);

  await step("a picture, large");
  // A picture is shown large, and Esc closes it.
  await message.locator(".pic").first().click();
  await bob.locator("dialog.large img").waitFor();
  await bob.keyboard.press("Escape");
  await bob.locator("dialog").waitFor({ state: "detached" });

  await step("the server dies in the middle");
  // The server dies in the middle; the upload goes on by itself, and its message goes with it.
  // A slow line gives the time to do so.
  const slow = await alice.context().newCDPSession(alice);
  const line = (rate) => slow.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: rate });
  await slow.send("Network.enable");
  await line(SLOW);
  await choose(alice, big);
  await alice.locator(".chip .tf-words", { hasText: "/s" }).waitFor();
  await alice.locator(".chip button").first().click();
  await alice.locator(".chip .tf-words", { hasText: "Paused" }).waitFor();
  await alice.locator(".chip button").first().click();
  await alice.locator(".chip .tf-words", { hasText: "/s" }).waitFor();
  await say(alice, `a big one ${mark}`);
  await alice.locator(".msg.pend .tf-words", { hasText: "%" }).waitFor();
  await picture(alice, "upload");
  await ask("kill");
  await alice.locator("#status", { hasText: "Offline" }).waitFor();
  await ask("start again");
  await line(-1);
  await connected(alice);
  await hears(bob, `a big one ${mark}`, 60_000);
  const [whole] = await Promise.all([bob.waitForEvent("download"), row(bob, `a big one ${mark}`).locator("a[download]").click()]);
  const sha = (data) => createHash("sha256").update(data).digest("hex");
  assert.equal(sha(readFileSync(await whole.path())), sha(bytes));

  await step("after a reload");
  // After a reload the file is chosen again, and goes on from where it was.
  await line(SLOW);
  await choose(alice, big);
  await alice.waitForFunction(() => Number(document.querySelector(".chip .bar")?.getAttribute("aria-valuenow")) >= 20);
  await say(alice, `after a reload ${mark}`);
  await alice.reload();
  await connected(alice);
  await alice.locator(".chip .tf-words", { hasText: "Choose the file again" }).waitFor();
  assert.equal(await alice.inputValue("#composer"), `after a reload ${mark}`);
  const offsets = [];
  alice.on("request", (request) => request.method() === "PATCH" && offsets.push(Number(request.headers()["upload-offset"])));
  const [chooser] = await Promise.all([alice.waitForEvent("filechooser"), alice.locator(".chip button").first().click()]);
  await chooser.setFiles(big);
  await alice.locator(".chip .tf-words", { hasText: "Ready" }).waitFor({ timeout: 60_000 });
  assert.ok(offsets[0] > 0, `it began anew: ${offsets}`);
  await alice.press("#composer", "Enter");
  await hears(bob, `after a reload ${mark}`);

  await step("the files page");
  // The files page lists, finds, and deletes it.
  await alice.goto(`${BASE}/files.html`);
  await alice.fill("#find", `notes-${mark}`);
  await alice.locator(".ftable tbody tr").waitFor();
  assert.equal(await alice.locator(".ftable tbody tr").count(), 1);
  await alice.locator(".ftable .ib").first().click();
  await alice.locator("dialog .danf").click();
  await alice.locator(".empty").waitFor();

  quiet(alice, bob);
});
