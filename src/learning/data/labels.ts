import type { Bars } from "../../domain/bars.ts";
import type { LabelKind } from "../../domain/predictor-artifact.ts";

/** What became of every row. */
export type Labels = {
  /** 1 up, 0 down, NaN where nothing can be said: the future is not there yet, or the move was too small to count. */
  readonly outcome: Float32Array;
  /** The row at which the outcome was known; the row itself where it is NaN for want of a future. */
  readonly end: Int32Array;
  /** The return in usual moves over its span: about standard normal where nothing can be known. NaN without a future. */
  readonly size: Float32Array;
  /** Log return from the row's close to the end's; NaN without a future. */
  readonly logReturn: Float64Array;
};

export type LabelOptions = {
  readonly kind: LabelKind;
  /** Bars that are looked ahead at most. */
  readonly horizonBars: number;
  /** Moves smaller than this many standard deviations over the horizon do not count; triple barrier: where the barriers are. */
  readonly moveMin: number;
};

/** Bars whose log returns tell how large a usual move is: known at the row, never later. */
const volatilityBars = 100;

/**
 * Labels every row of bars. `direction`: the sign of the return over the horizon. `triple-barrier`: which of two barriers, as far
 * up as down, a high or low touches first (López de Prado 2018, ch. 3); both in one bar, or none within the horizon, is told by
 * the close. This is the one place that looks ahead: what comes out of it is for training and judging alone.
 */
export function labelBars(bars: Bars, options: LabelOptions): Labels {
  const { horizonBars, moveMin, kind } = options;
  const { length, close } = bars;
  const outcome = new Float32Array(length).fill(Number.NaN);
  const end = Int32Array.from({ length }, (_, row) => row);
  const logReturn = new Float64Array(length).fill(Number.NaN);
  const size = new Float32Array(length).fill(Number.NaN);
  const usual = usualMoves(bars);
  for (let row = 0; row < length; row++) {
    const last = row + horizonBars;
    if (last >= length || !(close[row]! > 0)) continue;
    const barrier = moveMin * usual[row]! * Math.sqrt(horizonBars);
    const found = kind === "direction" ? null : touched(bars, row, last, barrier);
    end[row] = found?.row ?? last;
    logReturn[row] = Math.log(close[end[row]!]! / close[row]!);
    size[row] = logReturn[row]! / (usual[row]! * Math.sqrt(end[row]! - row));
    if (found !== null) outcome[row] = found.isUp ? 1 : 0;
    else if (Math.abs(logReturn[row]!) > (kind === "direction" ? barrier : 0))
      outcome[row] = logReturn[row]! > 0 ? 1 : 0;
  }
  return { outcome, end, size, logReturn };
}

/** The first bar that touches one of the barriers and not the other; null where there is none before one that touches both. */
function touched(
  { high, low, close }: Bars,
  row: number,
  last: number,
  barrier: number,
): { readonly row: number; readonly isUp: boolean } | null {
  const [up, down] = [close[row]! * Math.exp(barrier), close[row]! * Math.exp(-barrier)];
  for (let later = row + 1; later <= last; later++) {
    const [isUp, isDown] = [high[later]! >= up, low[later]! <= down];
    if (isUp && isDown) return { row: later, isUp: close[later]! > close[row]! };
    if (isUp || isDown) return { row: later, isUp };
  }
  return null;
}

/** Standard deviation of a bar's log return over the bars up to each row; 0 before there are enough. */
function usualMoves({ close, length }: Bars): Float64Array {
  const moves = new Float64Array(length);
  const squares = new Float64Array(length);
  for (let row = 1; row < length; row++) {
    const move = Math.log(close[row]! / close[row - 1]!);
    squares[row] = Number.isFinite(move) ? move * move : 0;
  }
  let sum = 0;
  for (let row = 1; row < length; row++) {
    sum += squares[row]!;
    if (row > volatilityBars) sum -= squares[row - volatilityBars]!;
    if (row >= volatilityBars) moves[row] = Math.sqrt(Math.max(0, sum) / volatilityBars);
  }
  return moves;
}

/**
 * How much each labelled row counts: the mean over its span of one over the labels that span the same bar (average uniqueness,
 * López de Prado 2018, ch. 4). Rows that overlap tell of the same moves. 0 where there is no outcome.
 */
export function overlapWeights({ outcome, end }: Labels): Float32Array {
  const length = outcome.length;
  const changes = new Int32Array(length + 1);
  for (let row = 0; row < length; row++) {
    if (Number.isNaN(outcome[row]!)) continue;
    changes[row + 1]! += 1;
    if (end[row]! + 1 <= length) changes[end[row]! + 1]! -= 1;
  }
  // Sums of 1 / (labels over the bar), so that the mean over any span is one subtraction.
  const sums = new Float64Array(length + 1);
  let open = 0;
  for (let bar = 0; bar < length; bar++) {
    open += changes[bar]!;
    sums[bar + 1] = sums[bar]! + (open > 0 ? 1 / open : 0);
  }
  return Float32Array.from({ length }, (_, row) =>
    Number.isNaN(outcome[row]!) ? 0 : (sums[end[row]! + 1]! - sums[row + 1]!) / (end[row]! - row),
  );
}
