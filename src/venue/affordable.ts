import { floorToStep } from "../base/numbers.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { VenueCode } from "../domain/order.ts";
import type { VenueOptions } from "./venue-options.ts";

/**
 * How much of `quantity` the account's rules allow at `price`, in whole lots. Reducing a position is always allowed.
 * `late` is what came free elsewhere in this bar and cannot be used yet. Arguments one by one and a plain number back:
 * this runs for every fill, and an object each way would cost more than the sum.
 */
export function affordable(
  instrument: Instrument,
  sign: 1 | -1,
  quantity: number,
  price: number,
  reduceOnly: boolean,
  ledger: Ledger,
  options: VenueOptions,
  late: number,
): number {
  const held = ledger.quantity[instrument.index]!;
  const reducing = sign * held < 0 ? Math.min(quantity, Math.abs(held)) : 0;
  if (quantity <= reducing) return quantity;
  if (reduceOnly) return reducing;
  if (options.accountKind === "margin")
    return withinMargin(instrument, quantity, reducing, price, ledger, options, late);
  return sign === -1 ? reducing : withinCash(instrument, quantity, price, ledger, options, late);
}

/** The same as a word that every venue shares. */
export function shortfallCode(sign: 1 | -1, reduceOnly: boolean, options: VenueOptions): VenueCode {
  if (reduceOnly) return "nothing_to_reduce";
  return options.accountKind === "cash" && sign === -1 ? "long_only" : "buying_power";
}

/** Why `affordable` did not allow all of it. */
export function shortfallReason(sign: 1 | -1, reduceOnly: boolean, options: VenueOptions): string {
  if (reduceOnly) return "reduce-only: nothing more to reduce";
  if (options.accountKind === "margin") return "the leverage limit does not cover the whole order";
  return sign === -1 ? "a cash account is long only" : "the cash does not cover the whole order";
}

function withinCash(
  instrument: Instrument,
  wanted: number,
  price: number,
  ledger: Ledger,
  options: VenueOptions,
  late: number,
): number {
  const cash = ledger.cash - late;
  let quantity = wanted;
  let cost = costOf(quantity, instrument, price, ledger, options);
  // Fees may have a minimum or a step, so the last lots are found by trying; each round is close to exact.
  while (cost > cash) {
    const scaled = floorToStep((quantity * cash) / cost, instrument.lotSize);
    const fewer = scaled < quantity ? scaled : floorToStep(quantity - instrument.lotSize, instrument.lotSize);
    // A lot may be less than the last digit of a quantity: that would be tried for ever.
    if (fewer <= 0 || fewer === quantity) return 0;
    quantity = fewer;
    cost = costOf(quantity, instrument, price, ledger, options);
  }
  return cost <= cash ? quantity : 0;
}

function costOf(
  quantity: number,
  instrument: Instrument,
  price: number,
  ledger: Ledger,
  options: VenueOptions,
): number {
  const notional = quantity * price * instrument.contractMultiplier;
  const fee = options.commission.fee(quantity, notional, "taker") * ledger.rateAt(instrument.index, price);
  return quantity * ledger.unitValue(instrument.index, price) + fee;
}

function withinMargin(
  instrument: Instrument,
  quantity: number,
  reducing: number,
  price: number,
  ledger: Ledger,
  options: VenueOptions,
  late: number,
): number {
  const unit = ledger.unitValue(instrument.index, price);
  const held = Math.abs(ledger.quantity[instrument.index]!);
  const lastUnit = held === 0 ? 0 : ledger.unitValue(instrument.index, ledger.lastPrice[instrument.index]!);
  const grossOfOthers = ledger.grossExposure() - held * lastUnit;
  const grossKept = grossOfOthers + (held - reducing) * unit;
  const room = ledger.equity() * options.leverage - grossKept - late;
  // A rounding error of the account must not refuse the last lot of an order that was sized to fit exactly.
  if ((quantity - reducing) * unit <= room * (1 + 1e-9)) return quantity;
  return room > 0 ? reducing + floorToStep(room / unit, instrument.lotSize) : reducing;
}
