import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { framed, navigationOf, searchIndex } from "./site-frame.ts";
import { sitePages } from "./site-pages.ts";

const root = join(import.meta.dirname, "..", "..");

/** Makes the site anew in a folder; returns how many pages it has. */
export function writeSite(folder: string): number {
  rmSync(folder, { recursive: true, force: true });
  const { pages, copies } = sitePages(root);
  const groups = navigationOf(pages.find(({ target }) => target === "index.html")!);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const page of pages) write(page.target, framed(page, groups));
  write("search-index.js", searchIndex(pages));
  for (const name of ["site.css", "site.js"])
    copyFileSync(join(import.meta.dirname, name), join(folder, name));
  for (const path of copies) {
    mkdirSync(dirname(join(folder, "files", path)), { recursive: true });
    copyFileSync(join(root, path), join(folder, "files", path));
  }
  return pages.length;
}

// `npm run site`: the documents as pages that need no server. Open site/index.html.
if (process.argv[1] === import.meta.filename) console.log(`${writeSite(join(root, "site"))} pages in site/`);
