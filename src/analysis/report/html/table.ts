import { html, type Html } from "./html.ts";

/** A column of a table; numbers stand right. */
export type TableColumn = { readonly label: string; readonly isNumber?: boolean };

/** What a cell may hold. */
export type Cell = string | Html;

/** A table for people: every cell is text already. */
export type TableParts = {
  /** Says what the table shows; read by screen readers, hidden where `isCaptionHidden`. */
  readonly caption: string;
  readonly isCaptionHidden?: boolean;
  /** Many rows of many columns: smaller, one line each, in a window of its own. */
  readonly isDense?: boolean;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
};

/** A real table in a frame that scrolls sideways on narrow screens. The first column heads its rows. */
export function tableHtml({ caption, isCaptionHidden, isDense, columns, rows }: TableParts): Html {
  return html`<div class="scroll${isDense === true && " dense"}" role="region" aria-label="${caption}" tabindex="0"><table>
<caption${isCaptionHidden === true && html` class="unseen"`}>${caption}</caption>
<thead${columns.every(({ label }) => label === "") && html` class="unseen"`}><tr>${columns.map(({ label, isNumber }) => html`<th scope="col" ${numberClass(isNumber)}>${label}</th>`)}</tr></thead>
<tbody>${rows.map((row) => rowHtml(row, columns))}</tbody></table></div>`;
}

/** Text as a page sets it: a true minus sign, which screen readers do not skip, and no line break before a per cent sign. */
export function typeset(text: string): string {
  return text.replace(/(^|\s)-(?=\d)/g, "$1\u2212").replace(/(\d) (?=%)/g, "$1\u00a0");
}

function rowHtml(row: readonly Cell[], columns: readonly TableColumn[]): Html {
  return html`<tr>
    ${row.map((cell, k) =>
      k === 0
        ? html`<th scope="row">${cellHtml(cell)}</th>`
        : html`<td${classOf(cell, columns[k])}>${cellHtml(cell)}</td>`,
    )}
  </tr> `;
}

function cellHtml(cell: Cell): Cell {
  return typeof cell === "string" ? typeset(cell) : cell;
}

/** Times do not break at their hyphens. */
function classOf(cell: Cell, column: TableColumn | undefined): Html | false {
  if (column?.isNumber === true) return numberClass(true);
  return typeof cell === "string" && /^\d{4}-\d\d-\d\d/.test(cell) && html` class="when"`;
}

function numberClass(isNumber: boolean | undefined): Html | false {
  return isNumber === true && html` class="number"`;
}
