import { dayMs } from "../../../base/time.ts";
import { chartTools } from "../chart/chart-tools.ts";
import { minMax } from "../chart/thinning.ts";
import { timeChart, timeChartHeight } from "../chart/time-chart.ts";
import type { LineSeries, TimeFigure, TimePanel } from "../chart/time-figure.ts";
import type { Still } from "../html/figure.ts";
import type { ReportInput } from "../report-input.ts";
import { timeframeMs } from "../../../domain/timeframe.ts";

/** Columns that a curve is thinned to before it goes into the page. */
export const columnsMax = 2000;

const sizes = [
  { kind: "wide", width: 1000 },
  { kind: "narrow", width: 400 },
] as const;

/** The time axis that all figures of a run share. */
export type TimeAxis = {
  /** A Monday at or before the first bar: candles of any length are counted from here. */
  readonly originMs: number;
  readonly fromS: number;
  readonly toS: number;
};

/** The axis from the opening of the first bar to the close of the last one. */
export function timeAxis({ log, bars, timeframe }: ReportInput): TimeAxis {
  const openMs = log.timeMs[0]! - timeframeMs(bars[0]?.timeframe ?? timeframe);
  const monday = Math.floor((openMs / dayMs + 3) / 7) * 7 - 3;
  const originMs = monday * dayMs;
  return {
    originMs,
    fromS: Math.floor((openMs - originMs) / 1000),
    toS: Math.ceil((log.timeMs[log.length - 1]! - originMs) / 1000),
  };
}

/** Panels on an axis. */
export function timeFigure(axis: TimeAxis, panels: readonly TimePanel[]): TimeFigure {
  return { ...axis, panels };
}

/** The pictures of a figure over its whole range, for a wide page and for a telephone. */
export function timeStills(figure: TimeFigure, isLog = false): readonly Still[] {
  return sizes.map(({ kind, width }) => ({
    kind,
    width,
    height: timeChartHeight(figure),
    svg: timeChart(figure, { fromS: figure.fromS, toS: figure.toS, width, isLog }, chartTools),
  }));
}

/** A curve of `length` values, thinned to its lowest and highest point in each of 2,000 columns. Gaps are left out. */
export function curve(
  axis: TimeAxis,
  parts: Pick<LineSeries, "name" | "look"> & Partial<LineSeries>,
  timeMs: ArrayLike<number>,
  values: ArrayLike<number>,
  length: number,
): LineSeries {
  // Room for all of them at once: arrays that grow to a value for each bar cost more than the thinning.
  const [timeS, value] = [new Float64Array(length), new Float64Array(length)];
  let count = 0;
  for (let row = 0; row < length; row++) {
    if (!Number.isFinite(values[row])) continue;
    timeS[count] = secondsOf(axis, timeMs[row]!);
    value[count++] = values[row]!;
  }
  const thin = minMax(timeS.subarray(0, count), value.subarray(0, count), axis.fromS, axis.toS, columnsMax);
  return { isFilled: false, isStepped: false, ...parts, timeS: thin.timeS, value: thin.value.map(shorter) };
}

/** Seconds after the origin of the axis. */
export function secondsOf({ originMs }: TimeAxis, timeMs: number): number {
  return Math.round((timeMs - originMs) / 1000);
}

/** Seven digits: finer than any screen. */
export function shorter(value: number): number {
  return Number(value.toPrecision(7));
}
