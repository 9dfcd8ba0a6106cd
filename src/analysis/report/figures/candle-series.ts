import type { Bars } from "../../../domain/bars.ts";
import { parseTimeframe, timeframeMs } from "../../../domain/timeframe.ts";
import { visibleCandles } from "../chart/thinning.ts";
import type { CandleSeries } from "../chart/time-figure.ts";
import { secondsOf, shorter, type TimeAxis } from "./time-model.ts";

/** The bars of a symbol as candles: one each, or grouped until at most `most` are left. */
export function candleSeries(bars: Bars, axis: TimeAxis, most: number): CandleSeries {
  const { length } = bars;
  const closeS: number[] = new Array<number>(length);
  for (let row = 0; row < length; row++) closeS[row] = secondsOf(axis, bars.closeTimeMs[row]!);
  const column = (values: Float64Array) => values.subarray(0, length) as unknown as readonly number[];
  const all: CandleSeries = {
    spanS: spanSeconds(bars),
    closeS,
    open: column(bars.open),
    high: column(bars.high),
    low: column(bars.low),
    close: column(bars.close),
    ...(bars.volume.subarray(0, length).some((each) => each > 0) && { volume: column(bars.volume) }),
  };
  const grouped = visibleCandles(all, axis.fromS, axis.toS, most);
  return {
    spanS: grouped.spanS,
    closeS: grouped.closeS,
    open: grouped.open.map(shorter),
    high: grouped.high.map(shorter),
    low: grouped.low.map(shorter),
    close: grouped.close.map(shorter),
    // No screen shows a fifth part in ten thousand of the largest bar.
    ...(grouped.volume !== undefined && {
      volume: grouped.volume.map((each) => Number(each.toPrecision(4))),
    }),
  };
}

/** A month has 28 to 31 days: candles of the shortest never touch each other. */
function spanSeconds({ timeframe }: Bars): number {
  const { count, unit } = parseTimeframe(timeframe);
  return unit === "M" ? count * 28 * 86_400 : timeframeMs(timeframe) / 1000;
}
