import { formatDuration } from "../../../base/time.ts";
import { visibleCandles } from "../chart/thinning.ts";
import type { CandleSeries, TimeFigure, TimePanel } from "../chart/time-figure.ts";
import type { CsvParts } from "../html/figure.ts";
import { html, markup, type Html } from "../html/html.ts";
import type { TableParts } from "../html/table.ts";
import { barTimeText } from "../run-facts.ts";
import { clipped, countText, isoText, percentText, priceText } from "../number-text.ts";
import type { ReportContext } from "../sections/section.ts";
import { candleSeries } from "./candle-series.ts";
import { heldSeries } from "./held-series.ts";
import { curve, timeFigure } from "./time-model.ts";
import { seriesPanes, type SeriesPanes } from "./series-panes.ts";
import { tradeSeries } from "./trade-series.ts";

/** What the whole page may carry for zooming, over all symbols. */
const [candlesMax, tradesMax, spansMax] = [36_000, 6000, 12_000];

/** Candles of a table and of a CSV file. */
const [tableCandlesMax, csvCandlesMax] = [120, 1500];

/** A price above this many times the lowest one is drawn on a logarithmic scale. */
const logRatio = 4;

/** Everything that the chapter says about the price of one symbol. */
export type PriceFigure = {
  readonly symbol: string;
  readonly model: TimeFigure;
  readonly summary: string;
  readonly caption: string;
  readonly twin: TableParts;
  readonly csv: CsvParts;
  readonly tools?: Html;
};

/**
 * Candles with the trades on them and when the symbol was held, on one time axis; the first of `figures` symbols also
 * carries the account's drawdown.
 */
export function priceFigure(
  context: ReportContext,
  instrument: number,
  place: number,
  figures: number,
): PriceFigure {
  const { input, axis, paths } = context;
  const bars = input.bars[instrument]!;
  const trades = input.trades.filter((trade) => trade.instrument === instrument);
  const candles = candleSeries(bars, axis, Math.floor(candlesMax / figures));
  const marks = tradeSeries(trades, axis, Math.floor(tradesMax / figures));
  const own = seriesPanes(input.seriesOf?.(instrument) ?? [], candles, axis);
  const { symbol, quoteCurrency } = input.instruments[instrument]!;
  const isLog = extreme(candles.high, Math.max) > logRatio * extreme(candles.low, Math.min);
  const panels: TimePanel[] = [
    {
      title: `${symbol} in ${quoteCurrency}`,
      height: 320,
      unit: "price",
      isLog,
      candles,
      trades: marks,
      lines: own.overPrices,
    },
    ...own.panels,
    {
      title: "Held: long up, short down",
      height: 30,
      unit: "ratio",
      isLog: false,
      held: heldSeries(paths.held[instrument]!, axis, Math.floor(spansMax / figures)),
    },
    ...(place === 0 ? [drawdownPanel(context, 90)] : []),
  ];
  return {
    symbol,
    model: timeFigure(axis, panels),
    summary: summaryOf(symbol, bars.length, candles, trades.length, context),
    caption:
      captionOf(candles, bars.length, bars.timeframe, trades.length, marks.entryS.length) + ownText(own),
    tools: seriesLegend(own.overPrices),
    twin: twinOf(symbol, candles, instrument, context),
    csv: csvOf(symbol, candles, context),
  };
}

/** The account below its peak, as a panel of any figure. */
export function drawdownPanel({ input, axis, depths }: ReportContext, height: number): TimePanel {
  const line = curve(
    axis,
    { name: "drawdown", look: "fall", isFilled: true },
    input.log.timeMs,
    depths,
    input.log.length,
  );
  return { title: "Account below its peak", height, unit: "percent", isLog: false, lines: [line] };
}

function summaryOf(
  symbol: string,
  rows: number,
  candles: CandleSeries,
  trades: number,
  { input }: ReportContext,
): string {
  return (
    `Candle chart of ${symbol}, ${countText(rows)} bars, lowest ${priceText(extreme(candles.low, Math.min))}, ` +
    `highest ${priceText(extreme(candles.high, Math.max))}, last ${priceText(candles.close.at(-1))}, with ${countText(trades)} closed ` +
    `trades. Below it when the symbol was held. The account fell at most ${percentText(input.metrics.maxDrawdown)} below its peak.`
  );
}

function captionOf(
  candles: CandleSeries,
  rows: number,
  timeframe: string,
  trades: number,
  marks: number,
): string {
  const kept =
    candles.closeS.length === rows
      ? `the page holds all ${countText(rows)} bars of ${timeframe} for zooming`
      : `${countText(rows)} bars of ${timeframe} are kept as ${countText(candles.closeS.length)} candles of ${spanText(candles)} for zooming`;
  const missing =
    marks === trades ? "" : ` ${countText(marks)} of ${countText(trades)} trades are marked, evenly taken.`;
  return (
    `A candle spans several bars where there are more of them than fit; its open, high, low and close are exact, and ` +
    `${kept}. Hollow candles closed at or above their open, filled ones below. Triangles: up is an entry, down an exit; ` +
    `filled is long, hollow is short; of triangles that would overlap one is drawn. A line leads from each entry to its exit: whole for a gain, dashed for a loss.${missing} The strip shows how much ` +
    `of each moment the symbol was held.`
  );
}

function ownText({ leftOut }: SeriesPanes): string {
  if (leftOut.length === 0) return "";
  return ` Not drawn, for having at most three values or no room: ${clipped(leftOut.join(", "))}.`;
}

/** Names of the curves over the prices beside their colours. */
function seriesLegend(lines: SeriesPanes["overPrices"]): Html {
  const key = (look: string) =>
    markup(`<svg width="30" height="10" aria-hidden="true"><path class="line ${look}" d="M1 5H29"/></svg>`);
  return html`${
    lines.length > 0 &&
    html`<p class="legend">
      ${lines.map(({ name, look }) => html`<span class="key">${key(look)} ${clipped(name, 40)}</span>`)}
    </p>`
  }`;
}

function twinOf(
  symbol: string,
  candles: CandleSeries,
  instrument: number,
  { axis, input }: ReportContext,
): TableParts {
  const few = visibleCandles(candles, axis.fromS, axis.toS, tableCandlesMax);
  return {
    caption: `${symbol}, one row per ${spanText(few)}`,
    columns: [
      { label: "Close time (UTC)" },
      ...["Open", "High", "Low", "Close"].map((label) => ({ label, isNumber: true })),
    ],
    rows: few.closeS.map((closeS, k) => [
      barTimeText(input, axis.originMs + closeS * 1000, instrument, candles.spanS * 1000),
      priceText(few.open[k]),
      priceText(few.high[k]),
      priceText(few.low[k]),
      priceText(few.close[k]),
    ]),
  };
}

function csvOf(symbol: string, candles: CandleSeries, { axis }: ReportContext): CsvParts {
  const some = visibleCandles(candles, axis.fromS, axis.toS, csvCandlesMax);
  return {
    fileName: `${symbol.replace(/[^A-Za-z0-9._-]/g, "_")}-candles.csv`,
    header: ["close_time", "open", "high", "low", "close"],
    rows: some.closeS.map((closeS, k) => [
      isoText(axis.originMs + closeS * 1000),
      some.open[k]!,
      some.high[k]!,
      some.low[k]!,
      some.close[k]!,
    ]),
  };
}

function spanText({ spanS }: CandleSeries): string {
  return formatDuration(spanS * 1000);
}

function extreme(values: readonly number[], better: (a: number, b: number) => number): number {
  return values.reduce((best, value) => better(best, value), values[0] ?? Number.NaN);
}
