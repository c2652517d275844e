// A menu: at a button, walked with the arrows, closed by Esc, a choice, or a click elsewhere.

import { h, icon } from "./dom.js";

let open = null;

/** Closes the menu that is open; false if there is none. */
export function closeMenu() {
  if (!open) return false;
  const { element, from, away } = open;
  open = null;
  removeEventListener("pointerdown", away, true);
  element.remove();
  from.setAttribute?.("aria-expanded", "false");
  if (from.isConnected) from.focus();
  return true;
}

/**
 * Opens a menu at an element, or where `rect` says. An item is `{icon, label, key, danger, checked, act}`,
 * `{quick: [signs], act}`, null a line, a string a title.
 */
export function openMenu(from, items, rect = from.getBoundingClientRect()) {
  closeMenu();
  const element = h("div.menu", { role: "menu", onkeydown: walk }, ...items.filter((each) => each === null || each).map(item));
  document.body.append(element);
  from.setAttribute("aria-expanded", "true");
  place(element, rect);
  const away = (event) => element.contains(event.target) || closeMenu();
  addEventListener("pointerdown", away, true);
  open = { element, from, away };
  element.querySelector("button")?.focus();
}

function item(each) {
  if (each === null) return h("hr", {});
  if (typeof each === "string") return h("div.menu-title", {}, each);
  if (each.quick) return quick(each);
  const choose = () => {
    closeMenu();
    each.act();
  };
  const role = each.checked === undefined ? "menuitem" : "menuitemradio";
  return h(
    "button.menu-item",
    { type: "button", role, class: each.danger ? "bad" : "", onclick: choose, tabIndex: -1, aria: { checked: each.checked } },
    icon(each.checked ? "check" : (each.icon ?? "check"), 16),
    h("span.grow.cut", {}, each.label),
    each.key && h("span.kbd", {}, each.key),
  );
}

// A few choices that are signs, side by side.
function quick({ quick: signs, act }) {
  const one = (sign) => h("button.emoji", { type: "button", role: "menuitem", tabIndex: -1, aria: { label: sign }, onclick: () => (closeMenu(), act(sign)) }, sign);
  return h("div.menu-quick", { role: "group" }, ...signs.map(one));
}

// Below the button, or above it where there is no room; never over the page's edge.
function place(element, rect) {
  const { width, height } = element.getBoundingClientRect();
  const below = rect.bottom + 4 + height <= innerHeight;
  const top = below ? rect.bottom + 4 : Math.max(4, rect.top - 4 - height);
  const left = Math.min(Math.max(4, rect.right - width), innerWidth - width - 4);
  element.style.top = `${top}px`;
  element.style.left = `${left}px`;
}

function walk(event) {
  const items = [...event.currentTarget.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") closeMenu();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
