import type { Trade } from "../../../domain/trade.ts";
import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, percentText } from "../number-text.ts";
import { histogram, type Bin } from "../series/histogram.ts";

/** How often trades made or lost how much, as a fraction of what went in. */
export function profitHistogram(trades: readonly Trade[]): FigureParts {
  const bins = histogram(trades.map((trade) => trade.returnFraction));
  const wins = trades.filter((trade) => trade.pnl > 0).length;
  const width = widthOf(bins);
  const low = startOf(bins[0]!, width);
  const high = endOf(bins.at(-1)!, width);
  const most = Math.max(...bins.map((bin) => bin.count));
  const isOpen = !Number.isFinite(bins[0]!.from) || !Number.isFinite(bins.at(-1)!.to);
  return {
    id: "figure-profit",
    title: "What a trade made",
    summary: `Histogram of trade returns: ${countText(wins)} of ${countText(trades.length)} trades won.`,
    caption:
      `Net return of a trade after fees and charges, ${percentText(width)} per bar; bars left of zero are hollow.` +
      (isOpen ? " The outermost bars also hold everything beyond them." : ""),
    stills: xyStills(
      "half",
      300,
      { label: "return of the trade", low, high, unit: "percent" },
      { label: "trades", low: 0, high: most * 1.08, unit: "ratio" },
      (x, y) => bins.map((bin) => barOf(bin, width, x, y)).join(""),
    ),
    twin: {
      caption: "Trades by return",
      columns: [{ label: "Return" }, { label: "Trades", isNumber: true }],
      rows: bins.map((bin) => [rangeText(bin), countText(bin.count)]),
    },
    csv: {
      fileName: "trade-returns.csv",
      header: ["from", "to", "trades"],
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
