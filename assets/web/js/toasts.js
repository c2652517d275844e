// Notices in the corner: at most three, gone after a while; errors stay until closed.

import { h, icon, iconButton } from "./dom.js";
import { tr } from "./locale.js";

const MOST = 3;
const SHOWN_FOR = 4_000;

const corner = h("div.toasts", { role: "status", aria: { live: "polite" } });

/** Shows a notice; `kind` is "" or "bad". `action` is [label, act]. */
export function toast(text, kind = "", action = null) {
  if (!corner.isConnected) document.body.append(corner);
  const close = () => element.remove();
  const act = action && h("button.btn.gh.sm", { type: "button", onclick: () => (close(), action[1]()) }, action[0]);
  const element = h("div.toast", { class: kind }, icon(kind === "bad" ? "alert" : "check"), h("span.grow", {}, text), act, iconButton("close", tr("toast-close"), close, { side: 16 }));
  corner.append(element);
  while (corner.children.length > MOST) corner.firstChild.remove();
  if (kind !== "bad") setTimeout(close, SHOWN_FOR);
}
