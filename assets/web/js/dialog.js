// Dialogs: one at a time, over the page, closed by Esc and by a click beside them.

import { button, h, icon, iconButton } from "./dom.js";
import { tr } from "./locale.js";
import { addressOf, about } from "./filecard.js";

let count = 0;

/**
 * Gives the focus back once a dialog is gone. Chromium gives it back by itself, but leaves
 * the keyboard's letters with the field of the dialog: it is taken and given anew.
 */
export function refocus(before) {
  const now = document.activeElement === document.body ? before : document.activeElement;
  if (!now?.isConnected) return;
  now.blur();
  now.focus({ preventScroll: true });
}

/** Opens a dialog; the answer has `close()` and its element. */
export function openDialog({ title, kind = "", body, actions = [], onClose }) {
  const before = document.activeElement;
  const id = `dialog-${++count}`;
  const dialog = h("dialog.dlg", { class: kind, aria: { labelledby: id } });
  const close = () => dialog.close();
  dialog.append(
    h("header.dlg-head", {}, h("h2.grow", { id }, title), iconButton("close", tr("dialog-close"), close, { key: "Esc" })),
    h("div.dlg-body", {}, ...[body].flat()),
  );
  if (actions.length > 0) dialog.append(h("footer.dlg-foot", {}, ...actions));
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose?.();
    refocus(before);
  });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close };
}

/** A question before something that cannot be taken back; the focus is on the safe button. */
export function ask({ title, about: text, yes, danger = true, reason, act }) {
  const why = reason && h("input.inp", { type: "text", maxLength: 500, autocomplete: "off" });
  const go = () => {
    opened.close();
    act(why?.value.trim() ?? "");
  };
  const cancel = button("", tr("dialog-cancel"), () => opened.close());
  const opened = openDialog({
    title,
    body: [text && h("p.t2", {}, text), why && h("label.field", {}, h("span.lab", {}, reason), why)].filter(Boolean),
    actions: [cancel, button(danger ? "danf" : "pri", yes, go)],
  });
  (why ?? cancel).focus();
  return opened;
}

/**
 * A form in a dialog. `fields` are elements; `submit()` may reject, and what it
 * rejects with is shown by `explain`.
 */
export function form({ title, fields, yes, submit, explain }) {
  const error = h("div.field-error", { role: "alert", hidden: true });
  const go = h("button.btn.pri", { type: "submit" }, yes);
  const element = h("form.form", { noValidate: true }, ...fields, error);
  element.id = `form-${++count}`;
  go.setAttribute("form", element.id);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    error.hidden = true;
    try {
      await submit();
      opened.close();
    } catch (refusal) {
      error.textContent = explain(refusal);
      error.hidden = false;
    }
    go.disabled = false;
  });
  const opened = openDialog({ title, body: element, actions: [button("", tr("dialog-cancel"), () => opened.close()), go] });
  element.querySelector("input, select, textarea")?.focus();
  return opened;
}

/** A labelled field for a form. */
export function field(label, input, hint) {
  input.id ||= `field-${++count}`;
  const below = hint && h("span.hint", { id: `${input.id}-hint` }, hint);
  if (below) input.setAttribute("aria-describedby", below.id);
  return h("div.field", {}, h("label.lab", { htmlFor: input.id }, label), input, below);
}

/** A picture, large. */
export function openPicture(file) {
  const label = tr("web-download", { name: file.name });
  const get = h("a.btn", { href: addressOf(file.id), download: file.name }, icon("download", 16), label);
  const image = h("img", { src: addressOf(file.id), alt: file.name });
  openDialog({ title: file.name, kind: "large", body: [image, h("p.t3.s12", {}, about(file))], actions: [get] });
}
