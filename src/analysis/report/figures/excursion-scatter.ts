import type { Trade } from "../../../domain/trade.ts";
import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, percentText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import { barTimeText } from "../run-facts.ts";

const [tableRowsMax, csvRowsMax] = [60, 2000];

/** How far each trade went against and for us before it ended: what a stop or a target would have met. */
export function excursionScatter(input: ReportInput): FigureParts {
  const { trades } = input;
  const xHigh = reach(trades.map((trade) => trade.mae));
  const yHigh = reach(trades.map((trade) => trade.mfe));
  const beyond = trades.filter((trade) => trade.mae > xHigh || trade.mfe > yHigh).length;
  const worst = trades.toSorted((a, b) => b.mae - a.mae);
  return {
    id: "figure-excursions",
    title: "How far trades went against and for us",
    summary: `Scatter of ${countText(trades.length)} trades: largest move against the position across, largest move in its favour upwards.`,
    caption:
      "Filled circles won, hollow diamonds lost. Moves are fractions of the entry price, from bar lows and highs up to " +
      "the exit bar. Dots that would lie on each other are drawn once." +
      (beyond > 0 ? ` ${countText(beyond)} trades lie beyond the picture, at its edge.` : ""),
    stills: xyStills(
      "half",
      380,
      { label: "against the position (MAE)", low: 0, high: xHigh, unit: "percent" },
      { label: "in its favour (MFE)", low: 0, high: yHigh, unit: "percent" },
      (x, y) =>
        dots(
          trades,
          (value) => x(Math.min(value, xHigh)),
          (value) => y(Math.min(value, yHigh)),
        ),
    ),
    twin: {
      caption: `The ${countText(Math.min(tableRowsMax, trades.length))} trades that went furthest against us`,
      columns: [
        { label: "Entry (UTC)" },
        { label: "Against (MAE)", isNumber: true },
        { label: "In favour (MFE)", isNumber: true },
        { label: "Return", isNumber: true },
      ],
      rows: worst
        .slice(0, tableRowsMax)
        .map((trade) => [
          barTimeText(input, trade.entryTimeMs, trade.instrument),
          percentText(trade.mae),
          percentText(trade.mfe),
          percentText(trade.returnFraction, { signed: true }),
        ]),
    },
    csv: {
      fileName: "excursions.csv",
      header: ["mae", "mfe", "return_fraction"],
      rows: trades.slice(0, csvRowsMax).map((trade) => [trade.mae, trade.mfe, trade.returnFraction]),
    },
  };
}

/** The 99th percentile, so that one outlier does not push all others into the corner. */
function reach(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  const found = ascending[Math.floor((ascending.length - 1) * 0.99)] ?? 0;
  return found > 0 ? found * 1.08 : 0.01;
}

function dots(trades: readonly Trade[], x: (value: number) => number, y: (value: number) => number): string {
  const paths = { won: "", lost: "" };
  const taken = new Set<string>();
  for (const trade of trades) {
    const kind = trade.pnl > 0 ? "won" : "lost";
    const [at, up] = [pixel(x(trade.mae)), pixel(y(trade.mfe))];
    const cell = `${kind} ${Math.round(at / 3)} ${Math.round(up / 3)}`;
    if (taken.has(cell)) continue;
    taken.add(cell);
    paths[kind] +=
      kind === "won"
        ? `M${pixel(at - 3)} ${up}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`
        : `M${at} ${pixel(up - 4)}l4 4l-4 4l-4 -4z`;
  }
  return `<path class="dot lost" d="${paths.lost}"/><path class="dot won" d="${paths.won}"/>`;
}
