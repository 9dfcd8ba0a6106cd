import { floorToStep } from "../base/numbers.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { VenueOptions } from "./venue-options.ts";

/** A wish to trade at a price, as the account check sees it. */
export type Wish = {
  readonly instrument: Instrument;
  readonly sign: 1 | -1;
  readonly quantity: number;
  readonly price: number;
  readonly reduceOnly: boolean;
};

/** How much of a wish the account can carry, and why not all of it. */
export type Allowance = { readonly quantity: number; readonly reason: string };

/** The part of a wish that the account's rules allow, in whole lots. Reducing a position is always allowed. */
export function affordable(wish: Wish, ledger: Ledger, options: VenueOptions): Allowance {
  const { instrument, sign, quantity } = wish;
  const held = ledger.quantity[instrument.index]!;
  const reducing = sign * held < 0 ? Math.min(quantity, Math.abs(held)) : 0;
  const opening = quantity - reducing;
  if (opening <= 0) return { quantity, reason: "" };
  if (wish.reduceOnly) return { quantity: reducing, reason: "reduce-only: nothing more to reduce" };
  if (options.accountKind === "margin") return withinMargin(wish, reducing, opening, ledger, options);
  if (sign === -1) return { quantity: reducing, reason: "a cash account is long only" };
  return withinCash(wish, reducing, opening, ledger, options);
}

function withinCash(
  wish: Wish,
  reducing: number,
  opening: number,
  ledger: Ledger,
  options: VenueOptions,
): Allowance {
  const { instrument, price } = wish;
  const cost = (quantity: number): number => costOf(quantity, wish, ledger, options);
  // A cash account holds nothing short, so all of a buy is opening; `reducing` is 0 but for rounding dust.
  if (cost(reducing + opening) <= ledger.cash) return { quantity: wish.quantity, reason: "" };
  const unit = ledger.unitValue(instrument.index, price);
  let quantity = floorToStep(Math.max(0, ledger.cash) / unit, instrument.lotSize);
  // Fees may have a minimum or a step, so the last lots are found by trying; each round is close to exact.
  for (let round = 0; round < 50 && quantity > 0 && cost(quantity) > ledger.cash; round++) {
    const scaled = floorToStep((quantity * ledger.cash) / cost(quantity), instrument.lotSize);
    quantity = scaled < quantity ? scaled : floorToStep(quantity - instrument.lotSize, instrument.lotSize);
  }
  if (cost(quantity) > ledger.cash) quantity = 0;
  return { quantity, reason: "the cash does not cover the whole order" };
}

function costOf(quantity: number, wish: Wish, ledger: Ledger, options: VenueOptions): number {
  const { instrument, price } = wish;
  const notional = quantity * price * instrument.contractMultiplier;
  const fee = options.commission.fee(quantity, notional, "taker") * ledger.conversionRate(instrument.index);
  return quantity * ledger.unitValue(instrument.index, price) + fee;
}

function withinMargin(
  wish: Wish,
  reducing: number,
  opening: number,
  ledger: Ledger,
  options: VenueOptions,
): Allowance {
  const { instrument, price } = wish;
  const unit = ledger.unitValue(instrument.index, price);
  const held = Math.abs(ledger.quantity[instrument.index]!);
  const lastUnit = held === 0 ? 0 : ledger.unitValue(instrument.index, ledger.lastPrice[instrument.index]!);
  const grossOfOthers = ledger.grossExposure() - held * lastUnit;
  const grossKept = grossOfOthers + (held - reducing) * unit;
  const room = ledger.equity() * options.leverage - grossKept;
  // A rounding error of the account must not refuse the last lot of an order that was sized to fit exactly.
  if (opening * unit <= room * (1 + 1e-9)) return { quantity: wish.quantity, reason: "" };
  const allowed = floorToStep(Math.max(0, room) / unit, instrument.lotSize);
  return {
    quantity: reducing + allowed,
    reason: "the leverage limit does not cover the whole order",
  };
}
