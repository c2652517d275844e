// The panel at the right: people, search or transfers, one at a time. It docks while the
// talk keeps its width, else it lies over it.

import { h, iconButton } from "./dom.js";
import { tr } from "./locale.js";

const WIDTHS = { people: 232, search: 400, transfers: 340 };
// The sidebar, and what the talk keeps beside a docked panel.
const SIDEBAR = 248;
const TALK = 560;

export class Panel {
  kind = null;

  /** `views` has people, search and transfers; each is shown by its function. */
  constructor(element, store, views) {
    Object.assign(this, { element, store, views });
    addEventListener("resize", () => this.#place());
  }

  /** Opens one, or closes it where it is open already. */
  toggle(kind) {
    if (this.kind === kind) this.close();
    else this.open(kind);
  }

  /** Opens one. */
  open(kind, ...args) {
    this.views[this.kind]?.(false);
    this.kind = kind;
    this.element.hidden = false;
    this.element.className = `panel w-${kind}`;
    this.element.setAttribute("aria-label", tr(`web-panel-${kind}`));
    this.#place();
    this.views[kind](true, ...args);
    this.store.set("panel", kind === "people" ? kind : null);
  }

  /** Closes it; false if none is open. */
  close() {
    if (!this.kind) return false;
    this.views[this.kind]?.(false);
    this.kind = null;
    this.element.hidden = true;
    this.element.replaceChildren();
    this.#place();
    this.store.set("panel", null);
    return true;
  }

  /** Opens the people again, if they were open and there is room. */
  restore() {
    const kept = this.store.get("panel");
    if (kept === null || !this.#docks("people")) return;
    this.open("people");
  }

  #docks(kind) {
    return innerWidth - SIDEBAR - WIDTHS[kind] >= TALK;
  }

  #place() {
    const docked = this.kind !== null && this.#docks(this.kind);
    this.element.classList.toggle("over", this.kind !== null && !docked);
    this.element.parentElement.className = docked ? `app p${WIDTHS[this.kind]}` : "app";
  }
}

/** What the transfers panel shows. */
export function showTransfers(element, transfers, views, close) {
  const all = [...transfers.all.values()];
  const running = transfers.running.length;
  const head = h("h2.grow", {}, tr("web-transfers"), h("span.t3", {}, running > 0 ? ` ${tr("web-running", { count: running })}` : ""));
  element.replaceChildren(
    h("header.ph", {}, head, iconButton("close", tr("close"), close, { key: "Esc" })),
    h("div.panel-body", {}, ...all.map((each) => views.view(each.key, "tline")), all.length === 0 && h("div.empty", {}, h("b", {}, tr("web-no-transfers")), h("span", {}, tr("web-no-transfers-how")))),
  );
}
