import { quantile } from "../../statistics/quantile.ts";
import type { CandleSeries, LineSeries, TimePanel } from "../chart/time-figure.ts";
import type { ReportInput, StrategySeries } from "../report-input.ts";
import { secondsOf, type TimeAxis } from "./time-model.ts";

/** More series than this are nobody's picture; the page says what it leaves out. */
const [seriesMax, panesMax] = [8, 3];

/** The strategy's own series on one symbol: over the prices, in panes below, and the names of those that are not drawn. */
export type SeriesPanes = {
  readonly overPrices: readonly LineSeries[];
  readonly panels: readonly TimePanel[];
  readonly leftOut: readonly string[];
};

/** Sorts a strategy's series by where they can be read: at the scale of the prices, or in a pane of their own. */
export function seriesPanes(
  series: ReturnType<NonNullable<ReportInput["seriesOf"]>>,
  candles: CandleSeries,
  axis: TimeAxis,
): SeriesPanes {
  const drawn = series
    .map((one) => ({ one, values: valuesAt(one, candles.closeS, axis) }))
    .filter(({ values }) => isCurve(values))
    .slice(0, seriesMax);
  const isOver = ({ one, values }: (typeof drawn)[number]) => isAtPrices(values, candles.close, one.isPriced);
  const own = drawn.filter((each) => !isOver(each));
  const over = drawn.filter(isOver);
  const shown = new Set([...over, ...own.slice(0, panesMax)].map(({ one }) => one.name));
  return {
    overPrices: over.map(({ one, values }, k) => lineOf(one.name, k, candles, values)),
    panels: own.slice(0, panesMax).map(({ one, values }) => ({
      title: one.name,
      height: 92,
      unit: "ratio",
      isLog: false,
      lines: [lineOf(one.name, 0, candles, values)],
    })),
    leftOut: series.map(({ name }) => name).filter((name) => !shown.has(name)),
  };
}

/**
 * Whether a series can be read on the scale of the prices. One that says so must lie within a factor of two of them on half of its
 * rows (an average of volumes does not); any other must stay within a quarter of them on every row but one of twenty.
 */
export function isAtPrices(values: readonly number[], closes: readonly number[], isPriced: boolean): boolean {
  const distances = values.flatMap((value, k) => {
    if (!Number.isFinite(value)) return [];
    return [value > 0 && closes[k]! > 0 ? Math.abs(Math.log(value / closes[k]!)) : Infinity];
  });
  if (distances.length === 0) return false;
  const ascending = Float64Array.from(distances).sort();
  return isPriced ? quantile(ascending, 0.5) <= Math.log(2) : quantile(ascending, 0.95) <= Math.log(1.25);
}

/** A series of at most three values (a signal, a state) is no curve: the triangles already say when it spoke. */
function isCurve(values: readonly number[]): boolean {
  const known = new Set<number>();
  for (const value of values) {
    if (Number.isFinite(value)) known.add(value);
    if (known.size > 3) return true;
  }
  return false;
}

/** The last value known at each close. */
function valuesAt(
  { timeMs, values, length }: StrategySeries,
  closeS: readonly number[],
  axis: TimeAxis,
): readonly number[] {
  let row = -1;
  return closeS.map((each) => {
    while (row + 1 < length && secondsOf(axis, timeMs[row + 1]!) <= each) row += 1;
    return row < 0 ? Number.NaN : values[row]!;
  });
}

/** Shares the times of the candles where it has a value at each of them, so that the page carries those once. */
function lineOf(
  name: string,
  place: number,
  { closeS }: CandleSeries,
  values: readonly number[],
): LineSeries {
  const look = `series-${(place % seriesMax) + 1}` as LineSeries["look"];
  const parts = { name, look, isFilled: false, isStepped: false };
  if (values.every(Number.isFinite)) return { ...parts, timeS: closeS, value: values.map(fewer) };
  const rows = [...values.keys()].filter((row) => Number.isFinite(values[row]));
  return {
    ...parts,
    timeS: rows.map((row) => closeS[row]!),
    value: rows.map((row) => fewer(values[row]!)),
  };
}

/** Six digits: a curve is seen and not read, and every digit of it is carried by the page. */
function fewer(value: number): number {
  return Number(value.toPrecision(6));
}
