import { floorToStep } from "../base/numbers.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Signal } from "../domain/target.ts";

/** How much of the account a decision may use, and how much one symbol. */
export type PortfolioLimits = {
  /** Largest sum of |value| over equity: 1 in a cash account, its leverage in a margin account. */
  readonly grossMax: number;
  /** Largest |share of equity| in one symbol. */
  readonly shareMax: number;
  /** A holding that is nearer to its target than this share of itself stays as it is. */
  readonly rebalanceBand: number;
};

/** A signal with all that its quantity depends on. */
export type Sizable = {
  readonly signal: Signal;
  readonly instrument: Instrument;
  /** Value of one unit in base currency at the price of the entry. */
  readonly unitValue: number;
  /** Smallest order in base currency. */
  readonly notionalMin: number;
  /** Commission and slippage as a share of notional. */
  readonly costRate: number;
  /** What is held now, signed. */
  readonly held: number;
};

/** A quantity, the share of equity it stands for, and why it is not what was asked for; null when it is. */
export type Sized = {
  readonly quantity: number;
  readonly equityWeight: number;
  readonly shortfall:
    | "above the largest share of one symbol"
    | "one lot is dearer than its share"
    | "below the venue's smallest order"
    | null;
};

/**
 * Quantities for all targets of one decision: weights are shares of equity. Where they, the holdings that nobody named
 * (`grossKept`, in base currency) and the costs of getting there do not fit the account together, all that is to be
 * traded is scaled by one factor, so that its proportions stay; a holding within the band of its target is not traded.
 * Quantities are whole lots toward zero.
 */
export function sizeTogether(
  items: readonly Sizable[],
  equity: number,
  grossKept: number,
  limits: PortfolioLimits,
): readonly Sized[] {
  const weights = items.map(({ signal }) => capped(signal.weight, limits.shareMax));
  const isKept = items.map(({ held, unitValue }, k) =>
    isWithin(weights[k]! * equity, held * unitValue, limits.rebalanceBand),
  );
  const scale = scaleOf(items, weights, isKept, equity, grossKept, limits.grossMax);
  return items.map((item, k) =>
    isKept[k]!
      ? { quantity: item.held, equityWeight: weights[k]!, shortfall: null }
      : sizedOf(item, weights[k]!, scale, equity),
  );
}

function capped(weight: number, shareMax: number): number {
  return Math.sign(weight) * Math.min(Math.abs(weight), shareMax);
}

/** One, or the factor at which everything fits. Costs depend on it in turn: a few rounds settle to far below a lot. */
function scaleOf(
  items: readonly Sizable[],
  weights: readonly number[],
  isKept: readonly boolean[],
  equity: number,
  grossKept: number,
  grossMax: number,
): number {
  let scale = 1;
  for (let round = 0; round < 4; round++) {
    let [gross, kept, costs] = [0, grossKept, 0];
    for (const [k, { held, unitValue, costRate }] of items.entries()) {
      const wanted = weights[k]! * equity;
      if (isKept[k]!) kept += Math.abs(held * unitValue);
      else {
        gross += Math.abs(wanted);
        costs += Math.abs(wanted * scale - held * unitValue) * costRate;
      }
    }
    if (gross === 0) return scale;
    scale = Math.min(1, Math.max(0, grossMax * (equity - costs) - kept) / gross);
  }
  return scale;
}

/** The band of the planner, which leaves small changes of a holding alone. */
function isWithin(wanted: number, held: number, band: number): boolean {
  return wanted * held > 0 && Math.abs(wanted - held) <= band * Math.abs(held);
}

function sizedOf(item: Sizable, weight: number, scale: number, equity: number): Sized {
  const { instrument, unitValue, notionalMin, held, signal } = item;
  const lots = floorToStep((Math.abs(weight) * scale * Math.max(0, equity)) / unitValue, instrument.lotSize);
  const quantity = Math.sign(weight) * lots;
  if (weight === 0) return { quantity: 0, equityWeight: 0, shortfall: null };
  if (!(lots > 0)) return { quantity: 0, equityWeight: 0, shortfall: "one lot is dearer than its share" };
  const isTooSmall = quantity !== held && Math.abs(quantity - held) * unitValue < notionalMin;
  if (isTooSmall)
    return { quantity: held, equityWeight: weight * scale, shortfall: "below the venue's smallest order" };
  const isCapped = weight !== signal.weight;
  return {
    quantity,
    equityWeight: weight * scale,
    shortfall: isCapped ? "above the largest share of one symbol" : null,
  };
}
