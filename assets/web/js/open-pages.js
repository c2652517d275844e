// Which pages of this browser are open: what each has on its way is its own.

const PREFIX = "parlor:page:";

/**
 * This page's name, and `lives(name)`: whether the page of that name is another that is
 * still open. A page is known by a lock of its name, which the browser lets go of however
 * the page ends.
 */
export async function openPages() {
  const owner = crypto.randomUUID();
  if (!navigator.locks) return { owner, lives: () => false };
  const { held } = await navigator.locks.query();
  const open = new Set(held.map((lock) => lock.name));
  navigator.locks.request(PREFIX + owner, () => new Promise(() => {}));
  return { owner, lives: (name) => open.has(PREFIX + name) };
}
