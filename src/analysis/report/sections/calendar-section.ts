import type { PeriodReturn } from "../../metrics/period-returns.ts";
import { benchmarkTitle } from "../benchmark-name.ts";
import { dayHistogram } from "../figures/profit-histogram.ts";
import { yearBars } from "../figures/year-bars.ts";
import { periodsText } from "../run-facts.ts";
import { csvLink, figureHtml } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml, typeset } from "../html/table.ts";
import { countText, percentText } from "../number-text.ts";
import type { ReportContext, Section } from "./section.ts";

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Returns by month and by year: a table whose cells are coloured, so it needs no twin. */
export function calendarSection({ analysis, input }: ReportContext): Section {
  const { months, years, benchmark, daily } = analysis;
  const rows = [...months, ...years].map(({ year, month, returnFraction, days }) => [
    year,
    month,
    returnFraction,
    days,
  ]);
  return {
    id: "calendar",
    title: "Months and years",
    short: "Calendar",
    body: html`${heatTable(months, years)}
      <p class="aside">
        Change of equity in per cent, from the end of the period before to the end of this one; the deeper the
        colour, the larger the change. The first and the last period may be parts.
      </p>
      ${years.length > 1 && figureHtml(yearBars(years, benchmark === null ? null : { title: benchmarkTitle(input), years: benchmark.years }))}
      ${figureHtml(dayHistogram(daily.returns, periodsText(input)))}
      ${yearTable(years, benchmark?.years ?? null, benchmarkTitle(input))}
      <div class="twin">
        ${csvLink({ fileName: "returns-by-period.csv", header: ["year", "month", "return_fraction", "days"], rows })}
      </div> `,
  };
}

function heatTable(months: readonly PeriodReturn[], years: readonly PeriodReturn[]): Html {
  const deepest = Math.max(1e-9, ...months.map((period) => Math.abs(period.returnFraction ?? 0)));
  const byKey = new Map(months.map((period) => [`${period.year}-${period.month}`, period]));
  return html`<div class="scroll" role="region" aria-label="Returns by month" tabindex="0">
    <table class="heat">
      <caption class="unseen">
        Returns by month, in per cent
      </caption>
      <thead>
        <tr>
          <th scope="col">Year</th>
          ${monthNames.map((name) => html`<th scope="col" class="number">${name}</th>`)}
          <th scope="col" class="number">Year</th>
        </tr>
      </thead>
      <tbody>
        ${years.map(
          ({ year, returnFraction }) =>
            html`<tr>
              <th scope="row">${year}</th>
              ${monthNames.map((_, k) => heatCell(byKey.get(`${year}-${k + 1}`), deepest))}
              <td class="number whole">${cellText(returnFraction)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function heatCell(period: PeriodReturn | undefined, deepest: number): Html {
  if (period === undefined) return html`<td class="number"></td>`;
  const { returnFraction } = period;
  if (returnFraction === null) return html`<td class="number">${cellText(null)}</td>`;
  // The square root spreads the many small months over more of the scale than the few large ones.
  const heat = Math.sqrt(Math.abs(returnFraction) / deepest).toFixed(2);
  const look = returnFraction < 0 ? "lost" : "won";
  return html`<td class="number ${look}" style="--heat:${heat}">${cellText(returnFraction)}</td>`;
}

function cellText(fraction: number | null): string {
  if (fraction === null) return "n/a";
  const percent = fraction * 100;
  return typeset(percent.toFixed(Math.abs(percent) >= 100 ? 0 : 1).replace(/^-(0(\.0)?)$/, "$1"));
}

function yearTable(
  years: readonly PeriodReturn[],
  held: readonly PeriodReturn[] | null,
  heldTitle: string,
): Html {
  const heldOf = new Map((held ?? []).map((period) => [period.year, period.returnFraction]));
  return tableHtml({
    caption: "By year",
    columns: [
      { label: "Year" },
      { label: "Strategy", isNumber: true },
      ...(held === null
        ? []
        : [
            { label: heldTitle, isNumber: true },
            { label: "Difference", isNumber: true },
          ]),
      { label: "Returns", isNumber: true },
    ],
    rows: years.map(({ year, returnFraction, days }) => {
      const other = heldOf.get(year) ?? null;
      const difference = returnFraction === null || other === null ? null : returnFraction - other;
      const signed = (fraction: number | null) => percentText(fraction, { signed: true });
      return [
        String(year),
        signed(returnFraction),
        ...(held === null ? [] : [signed(other), signed(difference)]),
        countText(days),
      ];
    }),
  });
}
