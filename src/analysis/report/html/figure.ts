import { csvText, type CsvValue } from "../csv-text.ts";
import { html, markup, type Html } from "./html.ts";
import { tableHtml, type TableParts } from "./table.ts";

/** The same picture for a wide page and for a telephone. */
export type Still = {
  readonly kind: "wide" | "narrow";
  readonly width: number;
  readonly height: number;
  readonly svg: string;
};

/** The numbers behind a picture, for other programs. */
export type CsvParts = {
  readonly fileName: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvValue[])[];
};

/** A picture with everything that makes it readable without eyes, without colour and without this page. */
export type FigureParts = {
  readonly id: string;
  readonly title: string;
  /** What the picture shows, with its numbers: read instead of it. */
  readonly summary: string;
  /** How it was drawn: scale, thinning, marks. */
  readonly caption: string;
  readonly stills: readonly Still[];
  /** Name of its model in the page's data, when it can zoom. */
  readonly modelName?: string;
  /** Stands between title and picture. */
  readonly tools?: Html;
  readonly twin: TableParts;
  readonly csv: CsvParts;
};

/** A figure: picture, caption, the same numbers as a table, and a CSV link that needs no network. */
export function figureHtml(parts: FigureParts): Html {
  const { id, title, caption, modelName, tools, twin, csv } = parts;
  return html`<figure id="${id}">
    <h3>${title}</h3>
    ${tools ?? null}
    <div class="chart" ${modelName !== undefined && html` data-model="${modelName}"`}>
      ${stillsHtml(parts)}
    </div>
    <figcaption>${caption}</figcaption>
    <div class="twin">
      <details>
        <summary>Table</summary>
        ${tableHtml(twin)}
      </details>
      ${csvLink(csv)}
    </div>
  </figure> `;
}

/** The pictures of a figure; style sheets show the one that fits. */
export function stillsHtml({ summary, stills }: Pick<FigureParts, "summary" | "stills">): Html {
  return html`${stills.map(
    ({ kind, width, height, svg }) =>
      html`<svg class="still ${kind}" role="img" aria-label="${summary}" viewBox="0 0 ${width} ${height}">
        ${markup(svg)}
      </svg>`,
  )}`;
}

/** A link that saves rows as a CSV file out of the page itself. */
export function csvLink({ fileName, header, rows }: CsvParts): Html {
  const content = Buffer.from(csvText(header, rows)).toString("base64");
  return html`<a class="csv" download="${fileName}" href="data:text/csv;charset=utf-8;base64,${content}"
    >CSV<span class="unseen"> of ${fileName}</span></a
  >`;
}
