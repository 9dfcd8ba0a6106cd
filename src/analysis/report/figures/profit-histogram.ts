import type { Trade } from "../../../domain/trade.ts";
import { quantile } from "../../statistics/quantile.ts";
import { pixel, xyStills, type ChartSize } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, percentText } from "../number-text.ts";
import { histogram, type Bin } from "../series/histogram.ts";

/** How often trades made or lost how much, as a fraction of what went in. */
export function profitHistogram(trades: readonly Trade[]): FigureParts {
  const wins = trades.filter((trade) => trade.pnl > 0).length;
  return fractionHistogram(
    trades.map((trade) => trade.returnFraction),
    {
      id: "figure-profit",
      title: "What a trade made",
      summary: `Histogram of trade returns: ${countText(wins)} of ${countText(trades.length)} trades won.`,
      about: "Net return of a trade after fees and charges",
      label: "return of the trade",
      counted: "trades",
      fileName: "trade-returns.csv",
      size: "half",
    },
  );
}

/** How often the account made or lost how much in one of its periods: tails that a mean and a deviation do not show. */
export function dayHistogram(allReturns: Float64Array, periods: string): FigureParts {
  // What a ruined account did afterwards is no return of anything.
  const returns = allReturns.filter(Number.isFinite);
  const ascending = returns.toSorted();
  const text = (probability: number) => percentText(quantile(ascending, probability), { signed: true });
  // Days on which nothing was held are many, and would be all that one sees.
  const moved = [...returns].filter((each) => each !== 0);
  const idle = returns.length - moved.length;
  return fractionHistogram(moved, {
    id: "figure-returns",
    title: "Distribution of returns",
    summary:
      returns.length === 0
        ? `No ${periods} to count.`
        : `Histogram of returns over ${countText(returns.length)} ${periods}: worst ${text(0)}, one of twenty below ${text(0.05)}, ` +
          `half below ${text(0.5)}, best ${text(1)}.`,
    about:
      `Change of equity over one of ${countText(returns.length)} ${periods}` +
      (idle === 0 ? "" : ` (${countText(idle)} without any are not drawn)`),
    label: "return",
    counted: periods,
    fileName: "returns-distribution.csv",
    size: "full",
  });
}

type HistogramTexts = Pick<FigureParts, "id" | "title" | "summary"> & {
  readonly about: string;
  readonly label: string;
  /** What is counted, in the plural. */
  readonly counted: string;
  readonly fileName: string;
  readonly size: ChartSize;
};

function fractionHistogram(values: readonly number[], texts: HistogramTexts): FigureParts {
  const { id, title, summary, about, label, counted, fileName, size } = texts;
  const bins = histogram(values.length === 0 ? [0] : values);
  const width = widthOf(bins);
  const low = startOf(bins[0]!, width);
  const high = endOf(bins.at(-1)!, width);
  const most = Math.max(...bins.map((bin) => bin.count));
  const isOpen = !Number.isFinite(bins[0]!.from) || !Number.isFinite(bins.at(-1)!.to);
  return {
    id,
    title,
    summary,
    caption:
      `${about}, ${percentText(width)} per bar; bars left of zero are hollow.` +
      (isOpen ? " The outermost bars also hold everything beyond them." : ""),
    stills: xyStills(
      size,
      size === "half" ? 300 : 260,
      { label, low, high, unit: "percent" },
      { label: counted, low: 0, high: most * 1.08, unit: "ratio" },
      (x, y) => bins.map((bin) => barOf(bin, width, x, y)).join(""),
    ),
    twin: {
      caption: `${counted[0]!.toUpperCase()}${counted.slice(1)} by return`,
      columns: [{ label: "Return" }, { label: "Count", isNumber: true }],
      rows: bins.map((bin) => [rangeText(bin), countText(bin.count)]),
    },
    csv: {
      fileName,
      header: ["from", "to", "count"],
      rows: bins.map(({ from, to, count }) => [from, to, count]),
    },
  };
}

function barOf(bin: Bin, width: number, x: (value: number) => number, y: (value: number) => number): string {
  if (bin.count === 0) return "";
  const from = startOf(bin, width);
  const [left, right] = [pixel(x(from) + 0.75), pixel(x(from + width) - 0.75)];
  const path = `M${left} ${pixel(y(0))}V${pixel(y(bin.count))}H${right}V${pixel(y(0))}Z`;
  const look = from < -1e-12 ? "lost" : "won";
  return `<path class="bar ${look}" d="${path}"><title>${rangeText(bin)}: ${countText(bin.count)}</title></path>`;
}

function rangeText({ from, to }: Bin): string {
  if (!Number.isFinite(from)) return `below ${percentText(to, { signed: true })}`;
  if (!Number.isFinite(to)) return `above ${percentText(from, { signed: true })}`;
  return `${percentText(from, { signed: true })} to ${percentText(to, { signed: true })}`;
}

function widthOf(bins: readonly Bin[]): number {
  const closed = bins.find((bin) => Number.isFinite(bin.from) && Number.isFinite(bin.to));
  return closed === undefined ? 1 : Number((closed.to - closed.from).toPrecision(9));
}

function startOf(bin: Bin, width: number): number {
  return Number.isFinite(bin.from) ? bin.from : bin.to - width;
}

function endOf(bin: Bin, width: number): number {
  return Number.isFinite(bin.to) ? bin.to : bin.from + width;
}
