import { funnelRows } from "../funnel-rows.ts";
import { csvLink } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { countText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";

/** The way from bars to trades as a table with bars: a table already, so it needs no twin. */
export function funnelHtml(input: ReportInput): Html {
  const rows = funnelRows(input);
  const most = Math.max(1, ...rows.map((row) => row.count));
  return html`<div class="scroll" role="region" aria-label="From bars to trades" tabindex="0">
      <table class="funnel">
        <caption class="unseen">
          How many bars became decisions, signals, orders, fills and trades, and what said no
        </caption>
        <thead class="unseen">
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Count</th>
            <th scope="col">Bar</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ label, count, kind }) =>
              html`<tr class="${kind}">
                <th scope="row">${kind === "loss" && "− "}${label}</th>
                <td class="number">${countText(count)}</td>
                <td class="share"><span style="--share:${shareOf(count, most)}"></span></td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    <p class="aside">
      Bar length is logarithmic: each doubling adds the same. Hollow bars are what fell out on the way; an
      order that filled in part counts both as filled and as canceled.
    </p>
    <div class="twin">
      ${csvLink({
        fileName: "funnel.csv",
        header: ["stage", "kind", "count"],
        rows: rows.map(({ label, kind, count }) => [label, kind, count]),
      })}
    </div> `;
}

function shareOf(count: number, most: number): string {
  return (Math.log1p(count) / Math.log1p(most)).toFixed(3);
}
