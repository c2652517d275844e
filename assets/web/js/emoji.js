// The emoji that are offered: those that people use most. The app's own list.

import { h } from "./dom.js";
import { tr } from "./locale.js";

const IN_A_ROW = 8;
const OFFERED = [
  "👍", "❤️", "😂", "🎉", "🙏", "👀", "✅", "🔥", //
  "😀", "😄", "😅", "🤣", "🙂", "😉", "😊", "😍", //
  "😘", "😋", "😎", "🤔", "🤨", "😐", "🙄", "😬", //
  "😴", "😢", "😭", "😱", "😤", "😡", "🤯", "🥳", //
  "🤝", "👋", "👏", "🙌", "💪", "👌", "✌️", "🤞", //
  "👎", "🫡", "🤷", "🤦", "🧠", "💡", "⚡", "⭐", //
  "💯", "❓", "❗", "❌", "⚠️", "🚀", "🐛", "🔧", //
  "📌", "📎", "📝", "📅", "⏰", "💾", "🔒", "🔑", //
  "☕", "🍵", "🍜", "🍕", "🍰", "🍺", "🌞", "🌙", //
];

let open = null;

/** Closes the picker; false if it was not open. */
export function closeEmoji() {
  if (!open) return false;
  const { element, from, away } = open;
  open = null;
  removeEventListener("pointerdown", away, true);
  element.remove();
  from.setAttribute("aria-expanded", "false");
  if (from.isConnected) from.focus();
  return true;
}

/** Opens the picker at an element; `choose(emoji)` hears which. */
export function openEmoji(from, choose) {
  closeEmoji();
  const element = h("div.emoji-picker", { role: "dialog", aria: { label: tr("emoji") }, onkeydown: walk });
  for (const emoji of OFFERED) {
    const take = () => {
      closeEmoji();
      choose(emoji);
    };
    element.append(h("button.emoji", { type: "button", aria: { label: emoji }, onclick: take }, emoji));
  }
  document.body.append(element);
  from.setAttribute("aria-expanded", "true");
  const rect = from.getBoundingClientRect();
  const own = element.getBoundingClientRect();
  const above = rect.top - own.height - 6;
  element.style.top = `${above >= 4 ? above : Math.min(rect.bottom + 6, innerHeight - own.height - 4)}px`;
  element.style.left = `${Math.min(Math.max(4, rect.right - own.width), innerWidth - own.width - 4)}px`;
  const away = (event) => element.contains(event.target) || closeEmoji();
  addEventListener("pointerdown", away, true);
  open = { element, from, away };
  element.firstChild.focus();
}

function walk(event) {
  const items = [...event.currentTarget.children];
  const at = items.indexOf(document.activeElement);
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: IN_A_ROW, ArrowUp: -IN_A_ROW }[event.key];
  if (step !== undefined) items[(at + step + items.length) % items.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") closeEmoji();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
