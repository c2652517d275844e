// A transfer, as a chip in the composer or a line in the transfers panel.

import { h, icon, iconButton } from "./dom.js";
import { fileIcon, fileName } from "./filecard.js";
import { tr } from "./locale.js";
import { bytes, span } from "./when.js";

/** Why a transfer stopped, in words. */
export function whyStopped({ why, name }, most) {
  const status = why?.status ?? 0;
  if (status === 413) return tr("web-upload-too-large", { name, most: bytes(most) });
  if (status === 401) return tr("error-ended");
  if (status === 403 || status === 404) return tr("web-upload-forbidden");
  if (status === 507 || status === 503) return tr("error-storage-unavailable");
  if (status === 429) return tr("error-rate-limited-some");
  if (status === 0) return tr("web-upload-broken");
  return tr("web-upload-refused", { status });
}

/** How a transfer goes, in words. */
export function progressOf(transfer, most) {
  const { state, done, size, speed } = transfer;
  const part = Math.floor((done / Math.max(1, size)) * 100);
  switch (state) {
    case "waiting":
      return tr("web-upload-waiting", { size: bytes(size) });
    case "running": {
      if (!speed) return tr("web-upload-part", { part });
      return tr("web-upload-running", { part, speed: bytes(speed), left: span((size - done) / speed) });
    }
    case "paused":
      return tr("web-upload-paused", { part, size: bytes(size) });
    case "broken":
      return transfer.source ? tr("web-upload-broken") : tr("web-upload-again", { done: bytes(done), size: bytes(size) });
    case "refused":
      return whyStopped(transfer, most);
    default:
      return tr("web-upload-ready", { size: bytes(size) });
  }
}

/** Chips and lines of transfers, each brought up to date in place. */
export class TransferViews {
  #views = new Map();

  /** `acts` has pause, resume, cancel (key), choose(transfer); `most` is the largest file. */
  constructor(transfers, acts, most) {
    Object.assign(this, { transfers, acts, most });
    transfers.on("changed", (transfer) => this.#update(transfer));
    transfers.on("gone", ({ key }) => this.#views.delete(key));
  }

  /** An element that shows a transfer for as long as it stands in the page. */
  view(key, kind) {
    const transfer = this.transfers.all.get(key);
    if (!transfer) return null;
    const bar = h("i");
    const words = h("span.tf-words");
    const buttons = h("span.tf-buttons");
    const track = h("span.bar", { role: "progressbar", aria: { label: transfer.name, valuemin: 0, valuemax: 100 } }, bar);
    const element = h(`div.${kind}`, {}, icon(fileIcon(transfer), 16), h("span.grow.tf", {}, h("span.tf-name", {}, fileName(transfer.name)), track, words), buttons);
    const views = this.#views.get(key) ?? [];
    views.push({ element, bar, track, words, buttons, state: null });
    this.#views.set(key, views.filter((each) => each.state === null || each.element.isConnected));
    this.#update(transfer);
    return element;
  }

  #update(transfer) {
    for (const view of this.#views.get(transfer.key) ?? []) {
      const part = Math.min(100, (transfer.done / Math.max(1, transfer.size)) * 100);
      view.bar.style.width = `${part}%`;
      view.track.setAttribute("aria-valuenow", String(Math.floor(part)));
      view.track.hidden = ["done", "refused"].includes(transfer.state);
      view.track.className = `bar ${{ paused: "p", broken: "x" }[transfer.state] ?? ""}`;
      view.words.textContent = progressOf(transfer, this.most());
      view.words.className = `tf-words ${["broken", "refused"].includes(transfer.state) ? "bad" : ""}`;
      if (view.state === transfer.state) continue;
      view.state = transfer.state;
      view.buttons.replaceChildren(...this.#buttons(transfer).filter(Boolean));
    }
  }

  #buttons({ key, state, source, name, ...rest }) {
    const act = (sign, label, run) => iconButton(sign, tr(label, { name }), run, { side: 16 });
    return [
      ["running", "waiting"].includes(state) && act("pause", "web-pause", () => this.acts.pause(key)),
      state === "paused" && act("play", "web-resume", () => this.acts.resume(key)),
      state === "broken" && act("retry", source ? "web-resume" : "web-choose-again", () => (source ? this.acts.resume(key) : this.acts.choose({ key, name, ...rest }))),
      act("close", state === "done" ? "web-take-away" : "web-cancel", () => this.acts.cancel(key)),
    ];
  }
}
