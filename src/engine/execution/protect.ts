import type { Expr } from "../../domain/expression.ts";
import { unprotected, type Protection, type Signal } from "../../domain/target.ts";
import type { Series } from "../../ports/strategy.ts";

/** How far from the entry a stop-loss and a take-profit stand, in multiples of a range; 0 = none. */
export type ProtectionLevels = {
  /** The range, in price units: an average true range. */
  readonly range: Expr;
  readonly stopRanges: number;
  readonly takeProfitRanges: number;
};

/**
 * Gives a stop-loss and a take-profit to the signals of one strategy that open a position without them; a stop or a
 * target of the strategy's own is left alone. The levels are set once, at the entry, and stay with the position when
 * its strategy states the same direction again. Where the range is unknown or zero there is no distance to keep, and a
 * level at or below zero can never be reached: neither gives a level.
 */
export class Protector {
  private readonly levels: ProtectionLevels;
  private readonly range: Series;
  /** The levels that the present position was given here. */
  private given: Protection = unprotected;
  /** All that protects the present position. */
  private present: Protection = unprotected;

  constructor(levels: ProtectionLevels, range: Series) {
    this.levels = levels;
    this.range = range;
  }

  /** The signal with its levels; `close` is the price of the decision and `held` the present signed holding. */
  protect(signal: Signal, close: number, held: number): Signal {
    if (signal.weight === 0) return signal;
    const own = signal.protection;
    const isOpening = Math.sign(held) !== Math.sign(signal.weight);
    if (isOpening) this.given = this.levelsFor(signal, close);
    if (isOpening || !isEmpty(own)) this.present = merge(this.given, own);
    return { ...signal, protection: this.present };
  }

  private levelsFor({ weight, entry }: Signal, close: number): Protection {
    const side = Math.sign(weight);
    const { stopRanges, takeProfitRanges } = this.levels;
    const price = entry.kind === "market" ? close : entry.price;
    const range = this.range.now;
    if (!(range > 0)) return unprotected;
    const stopPrice = price - side * stopRanges * range;
    const takeProfitPrice = price + side * takeProfitRanges * range;
    return {
      ...(stopRanges > 0 && stopPrice > 0 ? { stopPrice } : {}),
      ...(takeProfitRanges > 0 && takeProfitPrice > 0 ? { takeProfitPrice } : {}),
    };
  }
}

/** The strategy's own levels, and the given ones where it has none: a trailing stop of its own is a stop too. */
function merge({ stopPrice, takeProfitPrice }: Protection, own: Protection): Protection {
  const hasStop = own.stopPrice !== undefined || own.trail !== undefined;
  return {
    ...(stopPrice === undefined || hasStop ? {} : { stopPrice }),
    ...(takeProfitPrice === undefined ? {} : { takeProfitPrice }),
    ...own,
  };
}

function isEmpty({ stopPrice, takeProfitPrice, trail }: Protection): boolean {
  return stopPrice === undefined && takeProfitPrice === undefined && trail === undefined;
}
