// Shows the theme and the size of text that the reader chose before the page is painted,
// so that nothing flashes. A classic script in the head, and all that it does.
(() => {
  try {
    const { theme, size } = JSON.parse(localStorage.getItem("parlor:look")) ?? {};
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (["s", "m", "l", "xl"].includes(size)) document.documentElement.dataset.size = size;
  } catch {
    // Nothing was chosen, or nothing can be kept: the system's look is right.
  }
})();
