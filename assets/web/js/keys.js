// The keyboard: what a key does, wherever the focus is. Those that browsers keep for
// themselves (Ctrl+1 to 9, Ctrl+B, Ctrl+,) are left to them.

/** Listens; `acts` has a function for each name in the table, answering false to let the key pass. */
export function listen(acts) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const name = nameOf(event);
    const inDialog = document.querySelector("dialog[open]");
    if (!name || inDialog || !acts[name]) return;
    if (acts[name](event) !== false) event.preventDefault();
  });
}

function nameOf(event) {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  const control = ctrlKey || metaKey;
  const letter = key.toLowerCase();
  if (control && !altKey) {
    return { k: shiftKey ? null : "jump", f: shiftKey ? "searchAll" : "search", u: shiftKey ? null : "upload", p: shiftKey ? "people" : null, j: shiftKey ? null : "transfers" }[letter];
  }
  if (altKey && !control) {
    if (key === "ArrowUp") return shiftKey ? "unreadAbove" : "roomAbove";
    if (key === "ArrowDown") return shiftKey ? "unreadBelow" : "roomBelow";
    return null;
  }
  if (key === "F6") return shiftKey ? "regionBefore" : "region";
  if (key === "Escape") return "escape";
  return null;
}

/** Puts the focus into the region after (or before) the one that has it. */
export function nextRegion(regions, back) {
  const there = regions.filter((each) => each && each.offsetParent !== null);
  if (there.length === 0) return;
  const at = there.findIndex((each) => each.contains(document.activeElement));
  const next = there[(at + (back ? -1 : 1) + there.length) % there.length];
  const target = next.matches("textarea, [tabindex]") ? next : (next.querySelector("[aria-current=page], textarea, input, [tabindex='0'], button, a") ?? next);
  target.focus();
}
