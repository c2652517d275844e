// Every text for people, by Fluent, from the catalogue that the app has too.

import { FluentBundle, FluentResource } from "../vendor/fluent/index.js";

const bundles = [];

/** Reads catalogues; each later one serves what those before it lack. */
export function addCatalogue(language, text) {
  const bundle = new FluentBundle(language, { useIsolating: false });
  bundle.addResource(new FluentResource(text));
  bundles.push(bundle);
}

/** Fetches the catalogues of the page's language, and of English behind it. */
export async function loadLocale(language, base) {
  const wanted = [...new Set([language || "en", "en"])];
  const fetched = wanted.map(async (each) => {
    const response = await fetch(`${base}locales/${each}.ftl`);
    return response.ok ? [each, await response.text()] : null;
  });
  for (const found of await Promise.all(fetched)) if (found) addCatalogue(...found);
}

/** The language of the page. */
export function language() {
  return bundles[0]?.locales[0] ?? "en";
}

/** The text named `id`. An unknown one shows as its id, so that a mistake is seen. */
export function tr(id, args = undefined) {
  for (const bundle of bundles) {
    const message = bundle.getMessage(id);
    if (message?.value) return bundle.formatPattern(message.value, args, []);
  }
  console.error(`there is no text ${id}`);
  return id;
}
