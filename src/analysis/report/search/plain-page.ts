import { html, markup, type Html } from "../html/html.ts";
import { styles } from "../html/styles.ts";
import { typeset } from "../html/table.ts";

/** A page without a script: what a search and a validation show. */
export type PlainPage = {
  readonly title: string;
  readonly about: string;
  readonly isSynthetic: boolean;
  readonly brand: string;
  readonly verdict: string;
  /** Whether the verdict leaves doubt, refutes, or finds nothing against it. */
  readonly level: "refuted" | "open" | "supported";
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  readonly sections: readonly { readonly id: string; readonly title: string; readonly body: Html }[];
};

const signs = { refuted: "✕ Not convincing", open: "? Not proven", supported: "✓ Not contradicted" } as const;

/** The page as one file of HTML: it loads nothing and has no script. The same input gives the same bytes. */
export function plainPage(page: PlainPage): string {
  const { title, about, isSynthetic, brand, verdict, level, reasons, warnings, sections } = page;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<link rel="icon" href="data:," />
<title>${title} · Kiwi</title>
<style>${markup(styles)}</style>
</head>
<body${isSynthetic && html` class="synthetic"`}>
${isSynthetic && html`<div class="ribbon" role="note">SYNTHETIC DATA: this says nothing about any real market.</div>`}
<div class="page">
<header class="masthead"><div><h1>${title}</h1><p class="about">${about}</p></div><p class="brand">${brand}</p></header>
<nav aria-label="Chapters"><ul><li><a href="#verdict">Verdict</a></li>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>
<section id="verdict" class="verdict ${level}" aria-labelledby="verdict-title">
<p class="level">${signs[level]}</p>
<h2 id="verdict-title">${typeset(verdict)}</h2>
<ul>${reasons.map((reason) => html`<li>${typeset(reason)}</li>`)}</ul>
${
  warnings.length > 0 &&
  html`<div class="warnings" role="note">
    <strong>Warnings</strong>
    <ul>
      ${warnings.map((text) => html`<li>${text}</li>`)}
    </ul>
  </div>`
}
<p class="disclaimer">Simulated. Past results, real or simulated, do not tell what comes. For research and education; not financial advice.</p>
</section>
${sections.map(
  ({ id, title: name, body }) =>
    html`<section id="${id}" aria-labelledby="${id}-title">
      <h2 id="${id}-title">${name}</h2>
      ${body}
    </section>`,
)}
</main>
</div>
</body>
</html>
`.html;
}
