import type { EquityCurve } from "./daily-returns.ts";

/** Shallower falls than this are rounding noise of a flat curve. */
const depthMin = 1e-12;

/** One fall from a peak of equity and the way back, if it came. */
export type Drawdown = {
  /** (peak - trough) / peak, positive. */
  readonly depth: number;
  /** Last time at the peak; the time of the first bar when the starting equity was the peak. */
  readonly peakTimeMs: number;
  readonly troughTimeMs: number;
  /** First time back at the peak; `null` while under water. */
  readonly recoveryTimeMs: number | null;
  /** From the peak to the recovery, or to the last bar where there is none. */
  readonly durationMs: number;
};

/** Every drawdown of the curve, seen at every bar close, oldest first; the last may be unrecovered. */
export function drawdowns(curve: EquityCurve): Drawdown[] {
  const { equity, length, closeTimeMs } = curve;
  const found: Drawdown[] = [];
  let peak = curve.startEquity;
  let peakRow = 0;
  let troughRow = 0;
  let depth = 0;
  const close = (row: number, recovered: boolean) => {
    if (depth < depthMin) return;
    const peakTimeMs = closeTimeMs[peakRow]!;
    const recoveryTimeMs = recovered ? closeTimeMs[row]! : null;
    const durationMs = closeTimeMs[row]! - peakTimeMs;
    found.push({ depth, peakTimeMs, troughTimeMs: closeTimeMs[troughRow]!, recoveryTimeMs, durationMs });
  };
  for (let row = 0; row < length; row++) {
    const value = equity[row]!;
    if (value >= peak) {
      close(row, true);
      peak = value;
      peakRow = row;
      depth = 0;
    } else if ((peak - value) / peak > depth) {
      depth = (peak - value) / peak;
      troughRow = row;
    }
  }
  close(length - 1, false);
  return found;
}

/** The deepest drawdowns, deepest first, the earlier first among equals. */
export function worstDrawdowns(found: readonly Drawdown[], count = 5): Drawdown[] {
  return found.toSorted((a, b) => b.depth - a.depth).slice(0, count);
}

/** Fraction below the running peak at every row: 0 at a peak, 0.1 ten per cent under water. */
export function underwater(equity: Float64Array, length: number, startEquity: number): Float64Array {
  const depths = new Float64Array(length);
  let peak = startEquity;
  for (let row = 0; row < length; row++) {
    const value = equity[row]!;
    if (value > peak) peak = value;
    depths[row] = (peak - value) / peak;
  }
  return depths;
}

/** Largest drawdown of the curve as a positive fraction, without allocating; 0 where it never fell. */
export function maxDrawdownOf(equity: Float64Array, length: number, startEquity: number): number {
  let peak = startEquity;
  let deepest = 0;
  for (let row = 0; row < length; row++) {
    const value = equity[row]!;
    if (value > peak) peak = value;
    const depth = (peak - value) / peak;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}
