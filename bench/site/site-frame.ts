import { posix } from "node:path";
import { escaped, type SitePage } from "./site-pages.ts";

/** One group of the navigation. */
export type NavGroup = {
  readonly title: string;
  readonly links: readonly { readonly text: string; readonly target: string }[];
};

/** Reads the navigation off the page of all pages: each bold word begins a group, each link is one of it. */
export function navigationOf(index: SitePage): readonly NavGroup[] {
  const groups: { title: string; links: { text: string; target: string }[] }[] = [];
  for (const match of index.body.matchAll(/<strong>([^<]+)<\/strong>|<a href="([^"]+)">([^<]*)<\/a>/g)) {
    const [, bold, target, text] = match;
    if (bold !== undefined) groups.push({ title: bold, links: [] });
    else groups.at(-1)?.links.push({ text: text!.replaceAll(/\s+/g, " "), target: target! });
  }
  return groups;
}

/** A page with everything around it. It needs no server: opened from a disk it works alike. */
export function framed({ target, title, body }: SitePage, groups: readonly NavGroup[]): string {
  const up = posix.relative(posix.dirname(target), ".");
  const root = up === "" ? "" : `${up}/`;
  const nav = groups
    .map(
      (group) =>
        `<h2>${escaped(group.title)}</h2><ul>${group.links
          .map((link) => {
            const here = link.target === target ? ' aria-current="page"' : "";
            return `<li><a href="${root}${link.target}"${here}>${link.text}</a></li>`;
          })
          .join("")}</ul>`,
    )
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} - Kiwi</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}site.css">
<script>document.documentElement.dataset.theme = localStorage.getItem("theme") ?? ""</script>
</head>
<body data-root="${root}">
<a class="skip" href="#content">to the text</a>
<header>
<a class="home" href="${root}index.html">Kiwi</a>
<input id="search" type="search" placeholder="search" aria-label="search all pages" autocomplete="off">
<button id="theme" type="button" aria-label="dark or light">dark / light</button>
</header>
<ol id="results" hidden></ol>
<nav aria-label="all pages"><details open><summary>pages</summary>
${nav}
</details></nav>
<main id="content">
${body}
</main>
<script src="${root}search-index.js" defer></script>
<script src="${root}site.js" defer></script>
</body>
</html>
`;
}

/** Every heading with the text below it, as a script: pages that come from a disk may not fetch. */
export function searchIndex(pages: readonly SitePage[]): string {
  const entries = pages.flatMap(({ target, title, sections }) =>
    sections.map((section) => ({
      page: title,
      title: section.title,
      url: `${target}#${section.anchor}`,
      text: section.text.replaceAll(/\s+/g, " ").trim(),
    })),
  );
  return `window.searchIndex = ${JSON.stringify(entries)};\n`;
}
