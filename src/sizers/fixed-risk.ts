import { float } from "../domain/params.ts";
import type { Signal } from "../domain/target.ts";
import { definePlugin } from "../ports/plugin.ts";
import type { SizingContext } from "../ports/sizer.ts";
import { calculatePositionSize } from "./calculate-position-size.ts";

const noStop = "fixed-risk: the signal has no stop to measure the risk by";

/**
 * The same loss at every stop. The size is found once, when a position is opened: a stop that later moves closer does
 * not make the position larger. A signal without a stop gets `fallbackFraction` of equity; by default that is nothing,
 * and `refusals` counts it.
 */
export const fixedRisk = definePlugin({
  kind: "sizer",
  name: "fixed-risk",
  summary: "Sizes a position so that its stop loses a fixed share of equity.",
  options: {
    riskFraction: float(0.01, { min: 0, max: 0.1 }, "share of equity lost when the stop is hit, at weight 1"),
    weightMax: float(1, { min: 0, max: 10 }, "largest position as a share of equity, however close the stop"),
    fallbackFraction: float(
      0,
      { min: 0, max: 1 },
      "share of equity for a signal without a stop; 0 = no position (set protection.stopAtr to have stops)",
    ),
  },
  create({ riskFraction, weightMax, fallbackFraction }, { market }) {
    const refusals = new Map<string, number>();
    // What was last opened, by instrument: signed quantity, and the weight that it stands for.
    const opened = market.instruments.map(() => ({ quantity: 0, weight: 0 }));
    const open = (signal: Signal, context: SizingContext): number => {
      const stopPrice = stopOf(signal, context.price);
      if (stopPrice !== null) return riskedShare(signal, context, riskFraction, stopPrice, weightMax);
      if (fallbackFraction === 0) refusals.set(noStop, (refusals.get(noStop) ?? 0) + 1);
      return fallbackFraction * Math.abs(signal.weight);
    };
    return {
      refusals,
      weigh(signal, context) {
        if (!(context.portfolio.equity > 0)) return 0;
        const held = context.portfolio.position(signal.instrument).quantity;
        const last = opened[signal.instrument]!;
        const isKept = held !== 0 && Math.sign(held) === Math.sign(signal.weight);
        if (isKept) return shareOf(keptQuantity(signal.weight, held, last), context);
        const share = Math.sign(signal.weight) * open(signal, context);
        last.quantity = quantityOf(share, context);
        last.weight = signal.weight;
        return share;
      },
    };
  },
});

/** What was opened, scaled when the signal's weight has changed since; what is held where nothing is remembered. */
function keptQuantity(weight: number, held: number, last: { quantity: number; weight: number }): number {
  return Math.sign(last.quantity) === Math.sign(held) ? (last.quantity * weight) / last.weight : held;
}

/** Unsigned share of equity whose loss at the stop is the risk that the signal's weight asks for. */
function riskedShare(
  signal: Signal,
  context: SizingContext,
  riskFraction: number,
  stopPrice: number,
  weightMax: number,
): number {
  const { portfolio, instrument, price } = context;
  const quantity = calculatePositionSize({
    equity: portfolio.equity,
    riskFraction: riskFraction * Math.abs(signal.weight),
    entryPrice: price,
    stopPrice,
    unitValue: portfolio.unitValue(instrument.index, 1),
    lotSize: instrument.lotSize,
  });
  return Math.min(weightMax, shareOf(quantity, context));
}

/** Where the position would be closed at a loss, or null without a stop; of a stop and a trail the nearer one. */
function stopOf({ protection, weight }: Signal, entryPrice: number): number | null {
  const { stopPrice, trail } = protection;
  if (trail === undefined) return stopPrice ?? null;
  const distance = trail.kind === "amount" ? trail.amount : trail.fraction * entryPrice;
  const trailing = entryPrice - Math.sign(weight) * distance;
  if (stopPrice === undefined) return trailing;
  return Math.abs(entryPrice - trailing) < Math.abs(entryPrice - stopPrice) ? trailing : stopPrice;
}

/** The engine turns a share back into a quantity with costs set aside, so they are part of the share. */
function shareOf(quantity: number, { portfolio, instrument, price, costRate }: SizingContext): number {
  return (quantity * portfolio.unitValue(instrument.index, price) * (1 + costRate)) / portfolio.equity;
}

function quantityOf(share: number, { portfolio, instrument, price, costRate }: SizingContext): number {
  return (share * portfolio.equity) / (portfolio.unitValue(instrument.index, price) * (1 + costRate));
}
