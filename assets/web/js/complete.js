// Completes the word before the cursor: people by @, rooms by #.

import { avatar } from "./avatar.js";
import { h, icon } from "./dom.js";

// So many are offered at once.
const OFFERED = 8;

/** A text without case and marks, so that "duong" finds "Đường". */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}

/**
 * What fits the word that ends `before`: `{start, choices: [{insert, user?, room?}]}`, or null.
 */
export function completions(before, { people, rooms }) {
  const start = before.search(/\S+$/u);
  const word = start < 0 ? "" : before.slice(start);
  const typed = plain(word.slice(1));
  let choices = [];
  if (word[0] === "@") {
    const fits = (user) =>
      user.username.startsWith(typed) || plain(user.name).startsWith(typed) || plain(user.name).split(/\s+/u).some((each) => each.startsWith(typed));
    choices = people.filter(fits).map((user) => ({ insert: `@${user.username} `, user }));
  } else if (word[0] === "#" && word.length > 1) {
    choices = rooms.filter((room) => plain(room).startsWith(typed)).map((room) => ({ insert: `#${room} `, room }));
  }
  return choices.length > 0 ? { start, choices: choices.slice(0, OFFERED) } : null;
}

export class Completion {
  #found = null;
  #chosen = 0;

  /** `field` is the textarea, `stock()` gives {people, rooms}. */
  constructor(field, stock) {
    Object.assign(this, { field, stock });
    this.element = h("div.complete", { id: "complete", role: "listbox", hidden: true });
    for (const [name, value] of Object.entries({ autocomplete: "list", controls: "complete", expanded: "false" })) {
      field.setAttribute(`aria-${name}`, value);
    }
    field.setAttribute("role", "combobox");
  }

  /** Looks again at the word before the cursor. */
  look() {
    const { selectionStart, selectionEnd, value } = this.field;
    this.#found = selectionStart === selectionEnd ? completions(value.slice(0, selectionStart), this.stock()) : null;
    this.#chosen = 0;
    this.#show();
  }

  /** Offers nothing; false if nothing was offered. */
  close() {
    const had = this.#found !== null;
    this.#found = null;
    this.#show();
    return had;
  }

  /** Does what a key asks for; false if it asks for nothing here. */
  key(event) {
    if (!this.#found) return false;
    const count = this.#found.choices.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#chosen = (this.#chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      this.#show();
    } else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
      this.#take(this.#chosen);
    } else {
      return false;
    }
    return true;
  }

  #take(at) {
    const { start, choices } = this.#found;
    const { value, selectionStart } = this.field;
    const { insert } = choices[at];
    this.field.value = value.slice(0, start) + insert + value.slice(selectionStart).replace(/^ /, "");
    this.field.setSelectionRange(start + insert.length, start + insert.length);
    this.close();
    this.field.dispatchEvent(new Event("input"));
    this.field.focus();
  }

  #show() {
    const choices = this.#found?.choices ?? [];
    this.element.hidden = choices.length === 0;
    this.field.setAttribute("aria-expanded", String(choices.length > 0));
    this.element.replaceChildren(...choices.map((choice, at) => this.#option(choice, at)));
    if (choices.length > 0) this.field.setAttribute("aria-activedescendant", `complete-${this.#chosen}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  #option({ user, room }, at) {
    const take = (event) => {
      event.preventDefault();
      this.#take(at);
    };
    const selected = at === this.#chosen;
    return h(
      "div.option",
      { id: `complete-${at}`, role: "option", class: selected ? "on" : "", aria: { selected }, onpointerdown: take },
      user ? avatar(user, 20) : icon("hash", 16),
      h("span.cut", {}, user ? user.name : room),
      user && h("span.t3.s12", {}, `@${user.username}`),
    );
  }
}
