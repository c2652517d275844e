// Jump to: a room, a person, a command, by a few letters.

import { avatar } from "./avatar.js";
import { plain } from "./complete.js";
import { refocus } from "./dialog.js";
import { h, icon } from "./dom.js";
import { tr } from "./locale.js";
import { badge, roomIcon } from "./rooms.js";

// So many of each group are shown.
const SHOWN = 7;

/** How well a text fits what was typed: 0 not, more is better. */
export function fit(text, typed) {
  const name = plain(text);
  if (typed === "") return 1;
  if (name.startsWith(typed)) return 4;
  if (name.split(/[\s_-]+/u).some((word) => word.startsWith(typed))) return 3;
  if (name.includes(typed)) return 2;
  // Letters in order: "gnl" finds general.
  let at = 0;
  for (const letter of typed) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return 0;
  }
  return 1;
}

/** Opens it. `acts` has open(room), person(username), searchAll(query); `commands` is [{icon, label, act}]. */
export function openSwitcher(account, commands, acts) {
  let chosen = 0;
  let found = [];
  const field = h("input", { type: "text", placeholder: tr("switcher-placeholder"), autocomplete: "off", role: "combobox", aria: { label: tr("switcher-placeholder"), controls: "switcher-list", expanded: true, autocomplete: "list" } });
  const list = h("div.switcher-list", { id: "switcher-list", role: "listbox", aria: { label: tr("switcher-placeholder") } });
  const foot = h("footer.switcher-foot", {}, h("span", {}, tr("switcher-choose")), h("span.grow", {}, tr("switcher-search-all")), h("span", {}, tr("switcher-rooms")), h("span", {}, tr("switcher-people")), h("span", {}, tr("switcher-commands")));
  const dialog = h("dialog.switcher", { aria: { label: tr("switcher-placeholder") } }, h("div.switcher-field", {}, icon("search"), field, h("span.kbd", {}, tr("key-escape"))), list, foot);

  const show = () => {
    found = groups(account, commands, acts, field.value);
    chosen = Math.min(chosen, Math.max(0, found.flatMap(([, items]) => items).length - 1));
    let at = 0;
    const rows = found.flatMap(([title, items]) => [h("div.switcher-group", { role: "presentation" }, title), ...items.map((item) => option(item, at === chosen, at++, run))]);
    list.replaceChildren(...(rows.length > 0 ? rows : [h("div.switcher-none", {}, tr("switcher-nothing", { query: field.value }))]));
    if (rows.length > 0) field.setAttribute("aria-activedescendant", `switcher-${chosen}`);
    list.querySelector(".on")?.scrollIntoView({ block: "nearest" });
  };
  const run = (at) => {
    const item = found.flatMap(([, items]) => items)[at];
    dialog.close();
    item?.act();
  };
  field.addEventListener("input", () => {
    chosen = 0;
    show();
  });
  field.addEventListener("keydown", (event) => {
    const count = found.flatMap(([, items]) => items).length;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") chosen = (chosen + (event.key === "ArrowDown" ? 1 : Math.max(1, count) - 1)) % Math.max(1, count);
    else if (event.key === "Enter" && event.ctrlKey) {
      dialog.close();
      acts.searchAll(field.value);
    } else if (event.key === "Enter") run(chosen);
    else return;
    event.preventDefault();
    show();
  });
  const before = document.activeElement;
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    refocus(before);
  });
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  show();
}

function groups(account, commands, acts, text) {
  const sign = "#@>".includes(text[0]) ? text[0] : "";
  const typed = plain(text.slice(sign.length).trim());
  const best = (items) =>
    items.map((item) => ({ ...item, fit: fit(item.label, typed) || fit(item.also ?? "\0", typed) }))
      .filter((item) => item.fit > 0).sort((a, b) => b.fit - a.fit).slice(0, SHOWN);
  const rooms = account.sidebar().map((room) => ({
    label: account.title(room), mark: icon(roomIcon(room)), end: badge(room), act: () => acts.open(room.room),
  }));
  const withRooms = new Set([...account.rooms.values()].map((room) => room.with));
  const people = [...account.users.values()].filter((user) => user.username !== account.me.username && !withRooms.has(user.username));
  const persons = people.map((user) => ({
    label: user.name, also: user.username, mark: avatar(user, 20), end: h("span.t3.s12", {}, tr("web-opens-room")), act: () => acts.person(user.username),
  }));
  const orders = commands().map(({ icon: name, ...command }) => ({ ...command, mark: icon(name) }));
  return [
    ["#", tr("switcher-group-rooms"), rooms],
    ["@", tr("switcher-group-people"), typed || sign ? persons : []],
    [">", tr("switcher-group-commands"), typed || sign ? orders : []],
  ].filter(([kind]) => !sign || sign === kind).map(([, title, items]) => [title, best(items)]).filter(([, items]) => items.length > 0);
}

function option(item, selected, at, run) {
  return h(
    "div.option",
    { id: `switcher-${at}`, role: "option", class: selected ? "on" : "", aria: { selected }, onclick: () => run(at) },
    item.mark, h("span.grow.cut", {}, item.label), item.end,
  );
}
