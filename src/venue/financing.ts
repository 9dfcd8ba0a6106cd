import { hourMs, dayMs } from "../base/time.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Charge } from "../domain/order.ts";
import type { AccountState } from "./account-state.ts";

const fundingIntervalMs = 8 * hourMs;
const yearMs = 365 * dayMs;

/** Charges every position for the time up to `toMs`. */
export function chargeHeld(state: AccountState, toMs: number): void {
  const { held } = state.ledger;
  for (let k = 0; k < held.length; k++) chargeInstrument(state, held[k]!, toMs, false);
}

/**
 * Charges what holding an instrument costs since it was last charged: the borrow fee of a short position in proportion
 * to time, and funding at every full eight hours UTC that lies between (as Binance and Bybit perpetuals do). Of an exit
 * `isInside` a bar nobody knows the moment: it pays for the whole bar and receives nothing for it.
 */
export function chargeInstrument(state: AccountState, index: number, toMs: number, isInside: boolean): void {
  const { ledger, options } = state;
  const fromMs = state.chargedToMs[index]!;
  if (!(fromMs < toMs)) return;
  state.chargedToMs[index] = toMs;
  const quantity = ledger.quantity[index]!;
  const { contractMultiplier } = state.market.instruments[index]!;
  const value = quantity * (ledger.chargedPrice(index) * contractMultiplier);
  const borrowed = options.borrowed?.[index];
  if (quantity < 0 && (options.borrowRate !== 0 || borrowed !== undefined)) {
    const amount =
      borrowed === undefined
        ? (-value * options.borrowRate * (toMs - fromMs)) / yearMs
        : -value * borrowed(fromMs, toMs);
    book(state, {
      chargeId: ++state.lastChargeId,
      kind: "borrow",
      instrument: index as InstrumentIndex,
      amount,
      timeMs: state.timeMs,
    });
  }
  const fundings = Math.floor(toMs / fundingIntervalMs) - Math.floor(fromMs / fundingIntervalMs);
  const amount = value * (options.funded?.[index]?.(fromMs, toMs) ?? options.fundingRate * fundings);
  if (amount === 0 || (isInside && amount < 0)) return;
  book(state, {
    chargeId: ++state.lastChargeId,
    kind: "funding",
    instrument: index as InstrumentIndex,
    amount,
    timeMs: state.timeMs,
  });
}

function book(state: AccountState, charge: Charge): void {
  state.ledger.charge(charge);
  state.out.push({ kind: "charged", charge });
}
