// Dark or light: as the system has it, unless the reader chose. Also the size of the text.

const AREA = "parlor:look";

function kept() {
  try {
    return JSON.parse(localStorage.getItem(AREA)) ?? {};
  } catch {
    return {};
  }
}

/** What the reader chose: {theme: "system" | "light" | "dark", size: "s" | "m" | "l" | "xl"}. */
export function look() {
  return { theme: "system", size: "m", ...kept() };
}

/** Keeps a choice and shows it. */
export function choose(change) {
  const now = { ...look(), ...change };
  try {
    localStorage.setItem(AREA, JSON.stringify(now));
  } catch {
    // It holds for this page then.
  }
  show(now);
}

/** Whether the page is light now. */
export function isLight() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "light" : !matchMedia("(prefers-color-scheme: dark)").matches;
}

function show({ theme, size }) {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  dataset.size = size;
}
