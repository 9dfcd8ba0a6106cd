import type { Bars } from "../../domain/bars.ts";
import { barFields } from "../../domain/bars.ts";
import { formatTime } from "../../base/time.ts";
import type { Finding } from "./check-result.ts";
import { columnLabel } from "./describe-difference.ts";
import type { RunTrace } from "./run-trace.ts";
import type { SeenColumn } from "./seen-columns.ts";

const rowsMin = 500;
const horizons = [1, 2, 3, 5, 8, 12, 24, 48, 96] as const;
/** Returns over many bars overlap: of fewer spans than this one after the other, nothing is concluded. */
const spansMin = 40;
/** No series of the past comes near: an edge that pays is a correlation of a few hundredths. */
const correlationMax = 0.9;
const weightCorrelationMax = 0.8;
/** Of all that the price moved while a position was held, the share on the right side: 0.9 is a profit factor of 19. */
const capturedShareMax = 0.9;
const holdingsMin = 30;
const equalShareMin = 0.99;

/**
 * Series and decisions that know what comes next, however they came by it: copies of a field of the next bar, series
 * that move with the return to come, weights that are on the right side of what comes all the time, and holdings that
 * nearly always end right. This is what
 * finds a table of answers that is written into the code, which no comparison of runs can.
 */
export function knownFuture(trace: RunTrace): readonly Finding[] {
  const findings: Finding[] = [];
  for (const column of trace.columns) {
    const finding = judgeColumn(column, trace.decided[column.instrument]!);
    if (finding !== null) findings.push(finding);
  }
  for (const [instrument, bars] of trace.decided.entries()) {
    const finding = judgeWeights(trace, instrument, bars);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}

function judgeColumn(column: SeenColumn, bars: Bars): Finding | null {
  if (!column.isComputed || bars.length < rowsMin) return null;
  for (const field of barFields) {
    const rows = copiedRows(column.values, bars, field);
    if (rows === 0) continue;
    return finding(column, `is the ${field} of the bar that comes next, on ${rows} bars`, bars);
  }
  const level = column.values.map((value, row) => Math.log(value / bars.close[row]!));
  for (const horizon of horizonsOf(bars)) {
    const next = nextReturns(bars, horizon);
    for (const [one, other] of [
      [column.values, next],
      [column.values, next.map(Math.sign)],
      [level, next],
    ] as const) {
      const { correlation, rows } = correlate(one, other);
      if (rows < rowsMin || Math.abs(correlation) < correlationMax) continue;
      const bar = horizon === 1 ? "bar" : `${horizon} bars`;
      return finding(
        column,
        `moves with the return of the next ${bar} (correlation ${correlation.toFixed(3)} over ${rows} bars)`,
        bars,
      );
    }
  }
  return null;
}

/** How far ahead a table is looked for: as far as the bars hold enough spans of that length. */
function horizonsOf({ length }: Bars): readonly number[] {
  return horizons.filter((horizon) => length >= horizon * spansMin);
}

function finding(column: SeenColumn, what: string, bars: Bars): Finding {
  return {
    kind: "copy",
    culprit: column.name === "" ? column.key : column.name,
    symbol: bars.symbol,
    timeMs: null,
    shown: null,
    otherwise: null,
    sentence: `${columnLabel(column)} of ${bars.symbol} ${what}: nothing that is made of past bars can`,
  };
}

/** On how many rows a column is the next bar's field; 0 unless that is practically all where it can be told. */
function copiedRows(values: Float64Array, bars: Bars, field: (typeof barFields)[number]): number {
  const source = bars[field];
  let told = 0;
  let equal = 0;
  for (let row = 0; row + 1 < bars.length; row++) {
    const next = source[row + 1]!;
    // A next open that is this close, or a volume of zero again, is no secret.
    if (Number.isNaN(values[row]!) || barFields.some((name) => bars[name][row] === next)) continue;
    told += 1;
    if (values[row] === next) equal += 1;
  }
  return told >= rowsMin / 2 && equal >= told * equalShareMin ? equal : 0;
}

function nextReturns({ close, length }: Bars, horizon: number): Float64Array {
  return Float64Array.from({ length }, (_, row) =>
    row + horizon < length ? Math.log(close[row + horizon]! / close[row]!) : Number.NaN,
  );
}

/** Pearson's correlation over the rows where both are finite; 0 where one of them never moves. */
function correlate(one: Float64Array, other: Float64Array): { correlation: number; rows: number } {
  const length = Math.min(one.length, other.length);
  let rows = 0;
  let [meanA, meanB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let row = 0; row < length; row++) {
    const a = one[row]!;
    const b = other[row]!;
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
    rows += 1;
    const [fromA, fromB] = [a - meanA, b - meanB];
    meanA += fromA / rows;
    meanB += fromB / rows;
    squareA += fromA * (a - meanA);
    squareB += fromB * (b - meanB);
    product += fromA * (b - meanB);
  }
  const scale = Math.sqrt(squareA * squareB);
  return { correlation: scale > 0 ? product / scale : 0, rows };
}

function judgeWeights(trace: RunTrace, instrument: number, bars: Bars): Finding | null {
  const weights = heldWeights(trace, instrument, bars);
  const what = knownAhead(weights, bars) ?? knownTurns(weights, bars);
  if (what === null) return null;
  return {
    kind: "copy",
    culprit: "target",
    symbol: bars.symbol,
    timeMs: null,
    shown: null,
    otherwise: null,
    sentence: `from ${formatTime(bars.closeTimeMs[0]!)} on the targets for ${bars.symbol} ${what}: nothing that is made of past bars can be`,
  };
}

/** Weights that move with the sign of the return to come, over some number of bars. */
function knownAhead(weights: Float64Array, bars: Bars): string | null {
  const changes = weights.reduce((count, weight, row) => count + (weight === weights[row - 1] ? 0 : 1), 0);
  for (const horizon of horizonsOf(bars)) {
    const { correlation, rows } = correlate(weights, nextReturns(bars, horizon).map(Math.sign));
    // Somebody who bought once at the bottom knew nothing.
    if (rows < rowsMin || correlation < weightCorrelationMax || changes < spansMin) continue;
    const span = horizon === 1 ? "the bar that comes" : `the ${horizon} bars that come`;
    return `are on the right side of ${span} next (correlation ${correlation.toFixed(3)} over ${rows} bars)`;
  }
  return null;
}

/** Holdings that nearly always end on the right side, whatever their length. */
function knownTurns(weights: Float64Array, { close, length }: Bars): string | null {
  let [held, right, moved] = [0, 0, 0];
  let from = 0;
  if (length < rowsMin) return null;
  for (let row = 1; row < length; row++) {
    if (row + 1 < length && weights[row] === weights[from]) continue;
    const gain = Math.sign(weights[from]!) * Math.log(close[row]! / close[from]!);
    from = row;
    if (gain === 0) continue;
    held += 1;
    right += Math.max(0, gain);
    moved += Math.abs(gain);
  }
  if (held < holdingsMin || right < moved * capturedShareMax) return null;
  const share = ((right / moved) * 100).toFixed(1);
  return `take ${share} % of all that the price moves over ${held} holdings`;
}

/** The weight last asked for, at each decision bar. */
function heldWeights({ events }: RunTrace, instrument: number, bars: Bars): Float64Array {
  const weights = new Float64Array(bars.length);
  let event = 0;
  let weight = 0;
  for (let row = 0; row < bars.length; row++) {
    for (; event < events.length; event++) {
      const { timeMs, kind, instrument: of, first } = events.at(event)!;
      if (timeMs > bars.closeTimeMs[row]!) break;
      if (kind === "signal" && of === instrument) weight = first;
    }
    weights[row] = weight;
  }
  return weights;
}
