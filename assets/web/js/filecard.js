// A file in the talk: a picture inline, anything else as a card with a download.

import { h, icon } from "./dom.js";
import { tr } from "./locale.js";
import { bytes } from "./when.js";

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
// A larger picture is shown as a card: nobody asked to fetch so much.
const PICTURE_BYTES = 20_000_000;
const ARCHIVE = /\.(?:zip|tar|gz|zst|xz|bz2|7z|rar|tgz)$/i;

/** Where a file's bytes are. */
export function addressOf(id) {
  return `/files/${encodeURIComponent(id)}`;
}

/** The icon of a file. */
export function fileIcon({ mime = "", name }) {
  if (mime.startsWith("image/")) return "image";
  return ARCHIVE.test(name) ? "archive" : "file";
}

/** Whether a file is shown as a picture. */
export function isPicture(file) {
  return PICTURES.has(file.mime) && file.size <= PICTURE_BYTES;
}

/**
 * A name with its end kept in sight when it is cut. The two parts that are seen are drawn by
 * the style alone; what is read aloud, found and copied is the whole name over them.
 */
export function fileName(name) {
  const characters = [...name];
  const end = characters.slice(-8).join("");
  const start = characters.slice(0, -8).join("");
  const drawn = (kind, part) => h(`span.${kind}`, { data: { part }, aria: { hidden: true } });
  return h("span.fn", { title: name }, drawn("fn-start", start), drawn("fn-end", end), h("span.fn-whole", {}, name));
}

/** What stands under a file's name: its kind and size. */
export function about({ name, size }) {
  const kind = /\.([\p{L}\p{N}]{1,8})$/u.exec(name)?.[1].toUpperCase();
  return kind ? `${kind} · ${bytes(size)}` : bytes(size);
}

/** A file, as it stands in a message; `onOpen` shows a picture large. */
export function fileCard(file, onOpen) {
  return isPicture(file) ? picture(file, onOpen) : card(file);
}

function card(file) {
  const label = tr("web-download", { name: file.name });
  return h(
    "div.fc",
    {},
    h("span.ft", {}, icon(fileIcon(file))),
    h("span.grow", {}, h("span.fc-name", {}, fileName(file.name)), h("span.fc-about", {}, about(file))),
    h("a.ib", { href: addressOf(file.id), download: file.name, title: label, aria: { label } }, icon("download")),
  );
}

function picture(file, onOpen) {
  const label = tr("web-picture", { name: file.name, about: about(file) });
  const image = h("img", { src: addressOf(file.id), alt: file.name, loading: "lazy", decoding: "async", draggable: false });
  const box = h("button.pic", { type: "button", title: label, aria: { label }, onclick: () => onOpen(file) }, image);
  // What cannot be shown is a card, which says what it is and can be fetched.
  image.addEventListener("error", () => box.replaceWith(card(file)));
  return box;
}
