// The room that the page's address names.

/** The room after `#`, or "" where there is none, or nothing that could be read. */
export function roomOfHash() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}
