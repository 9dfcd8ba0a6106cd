import type { PeriodReturn } from "../../metrics/period-returns.ts";
import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { percentText } from "../number-text.ts";

/** What was held, by its name and years. */
export type HeldYears = { readonly title: string; readonly years: readonly PeriodReturn[] };

/** Returns by year as bars, beside those of what the run is compared with. */
export function yearBars(years: readonly PeriodReturn[], held: HeldYears | null): FigureParts {
  const heldOf = new Map((held?.years ?? []).map(({ year, returnFraction }) => [year, returnFraction]));
  const rows = years.map(({ year, returnFraction }) => ({
    year,
    own: returnFraction,
    held: heldOf.get(year) ?? null,
  }));
  const all = rows.flatMap(({ own, held: other }) => [own ?? 0, other ?? 0]);
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  const room = (high - low || 1) * 0.08;
  const signed = (fraction: number | null) => percentText(fraction, { signed: true });
  const name = held?.title ?? "";
  return {
    id: "figure-years",
    title: "Year by year",
    summary: `Returns by year: ${rows.map(({ year, own }) => `${year} ${signed(own)}`).join(", ")}.`,
    caption:
      `Left, or alone: the strategy, hollow where it lost.` +
      (held === null ? "" : ` Grey: ${name}. Years may be parts.`),
    stills: xyStills(
      "full",
      240,
      {
        label: "year",
        low: 0,
        high: rows.length,
        unit: "ratio",
        names: rows.map(({ year }, k) => ({ at: k + 0.5, text: labelOf(year, k, rows.length) })),
      },
      { label: "return", low: low < 0 ? low - room : 0, high: high + room, unit: "percent" },
      (x, y) =>
        rows
          .map(
            (row, k) =>
              barOf(
                row.own,
                k,
                0.16,
                held === null ? 0.84 : 0.49,
                (row.own ?? 0) < 0 ? "lost" : "won",
                x,
                y,
              ) + barOf(row.held, k, 0.51, 0.84, "held-year", x, y),
          )
          .join(""),
    ),
    twin: {
      caption: "Returns by year",
      columns: [
        { label: "Year" },
        { label: "Strategy", isNumber: true },
        ...(held === null ? [] : [{ label: name, isNumber: true }]),
      ],
      rows: rows.map((row) => [
        String(row.year),
        signed(row.own),
        ...(held === null ? [] : [signed(row.held)]),
      ]),
    },
    csv: {
      fileName: "returns-by-year.csv",
      header: ["year", "strategy", "benchmark"],
      rows: rows.map((row) => [row.year, row.own, row.held]),
    },
  };
}

/** At most about eight labels: on a telephone more would touch each other. */
function labelOf(year: number, k: number, count: number): string {
  return k % Math.ceil(count / 8) === 0 ? String(year) : "";
}

function barOf(
  fraction: number | null,
  k: number,
  from: number,
  to: number,
  look: string,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  if (fraction === null || fraction === 0) return "";
  const [zero, end] = [pixel(y(0)), pixel(y(fraction))];
  const path = `M${pixel(x(k + from))} ${zero}V${end}H${pixel(x(k + to))}V${zero}Z`;
  return `<path class="bar ${look}" d="${path}"/>`;
}
