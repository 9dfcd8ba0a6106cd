import type { Bars } from "../../domain/bars.ts";
import type { Matrix } from "../trees/feature-bins.ts";
import { labelBars, overlapWeights, type LabelOptions, type Labels } from "./labels.ts";
import type { Span } from "./splits.ts";

/** Rows to learn from: what was known at each close, and what became of it. */
export type Dataset = {
  readonly x: Matrix;
  readonly labels: Labels;
  /** How much each row counts: overlapping labels share what they tell. 0 where there is no outcome. */
  readonly weights: Float32Array;
  readonly closeTimeMs: Float64Array;
  /** What saying again the last outcome that was known would say: 1 up, 0 down. */
  readonly persistence: Uint8Array;
};

/** Rows of a part that have an outcome. */
export type LabelledPart = {
  readonly rows: Int32Array;
  readonly y: Float32Array;
  readonly weights: Float32Array;
};

/** Joins features, one column each over the bars from `firstRow` on, with labels of the same bars. */
export function makeDataset(
  bars: Bars,
  columns: readonly Float64Array[],
  firstRow: number,
  options: LabelOptions,
): Dataset {
  const rows = bars.length - firstRow;
  const width = columns.length;
  const values = new Float32Array(rows * width);
  for (const [feature, column] of columns.entries())
    for (let row = 0; row < rows; row++) values[row * width + feature] = finite(column[firstRow + row]!);
  const whole = labelBars(bars, options);
  const labels: Labels = {
    outcome: whole.outcome.slice(firstRow),
    end: whole.end.slice(firstRow).map((end) => end - firstRow),
    size: whole.size.slice(firstRow),
    logReturn: whole.logReturn.slice(firstRow),
  };
  const { closeTimeMs, close } = bars;
  return {
    x: { values, rows, width },
    labels,
    weights: overlapWeights(labels),
    closeTimeMs: closeTimeMs.slice(firstRow, bars.length),
    persistence: Uint8Array.from({ length: rows }, (_, row) => {
      const now = firstRow + row;
      return close[now]! > close[Math.max(0, now - options.horizonBars)]! ? 1 : 0;
    }),
  };
}

/** What is infinite is as little use as what is missing. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The rows of a part with an outcome that was known before the part's end. */
export function labelledRows(
  { labels, weights }: Dataset,
  { from, to }: Span,
  until = Infinity,
): LabelledPart {
  const rows: number[] = [];
  for (let row = from; row < to; row++)
    if (!Number.isNaN(labels.outcome[row]!) && labels.end[row]! < until) rows.push(row);
  return {
    rows: Int32Array.from(rows),
    y: Float32Array.from(rows, (row) => labels.outcome[row]!),
    weights: Float32Array.from(rows, (row) => weights[row]!),
  };
}

/** The features of some rows, one behind the other. */
export function gatherRows({ values, width }: Matrix, rows: Int32Array): Matrix {
  const gathered = new Float32Array(rows.length * width);
  for (let k = 0; k < rows.length; k++)
    gathered.set(values.subarray(rows[k]! * width, (rows[k]! + 1) * width), k * width);
  return { values: gathered, rows: rows.length, width };
}
