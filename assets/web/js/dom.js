// Elements, made without HTML: what people wrote is put in as text alone.

const SPRITE = new URL("../icons.svg", import.meta.url).href;
const SVG = "http://www.w3.org/2000/svg";

/**
 * An element: `h("a.btn.pri", {href, onclick, aria: {label}, data: {key}}, child, …)`.
 * Children are nodes or text; null and false are left out.
 */
export function h(kind, props = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length > 0) element.classList.add(...classes);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== false && child !== undefined));
  return element;
}

function setProp(element, name, value) {
  if (value === undefined || value === null) return;
  if (name === "aria") for (const [key, each] of Object.entries(value)) setAttribute(element, `aria-${key}`, each);
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "class") element.classList.add(...value.split(" ").filter(Boolean));
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name in element && name !== "role") element[name] = value;
  else setAttribute(element, name, value);
}

/** Sets an attribute, or takes it away where there is no value. */
export function setAttribute(element, name, value) {
  if (value === undefined || value === null) element.removeAttribute(name);
  else element.setAttribute(name, String(value));
}

/** One of the icons drawn for Parlor; `side` is 20, 16 or 14. It says nothing by itself. */
export function icon(name, side = 20) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", side === 20 ? "i" : `i i${side}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

/** A button that is an icon, with a name and a tooltip. */
export function iconButton(name, label, onclick, props = {}) {
  const { side, key, ...rest } = props;
  const title = key ? `${label} · ${key}` : label;
  return h("button.ib", { type: "button", title, aria: { label }, onclick, ...rest }, icon(name, side));
}

/** A button with words. */
export function button(kind, label, onclick, props = {}) {
  return h(`button.btn${kind ? `.${kind}` : ""}`, { type: "button", onclick, ...props }, label);
}

/** Runs `act` once before the next picture, however often it is asked for. */
export function eachFrame(act) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    // A page out of sight draws no frames; what it shows is brought up to date anyway.
    const run = () => {
      asked = false;
      act();
    };
    if (document.hidden) setTimeout(run, 50);
    else requestAnimationFrame(run);
  };
}
