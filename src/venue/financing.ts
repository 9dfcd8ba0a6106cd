import { hourMs, dayMs } from "../base/time.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { Charge, ExecutionReport } from "../domain/order.ts";
import type { VenueOptions } from "./venue-options.ts";

const fundingIntervalMs = 8 * hourMs;
const yearMs = 365 * dayMs;

/**
 * Charges what holding costs between two slices: the borrow fee of short positions in proportion to time, and
 * funding at every full eight hours UTC that lies between them (as Binance and Bybit perpetuals do).
 */
export function chargeFinancing(
  ledger: Ledger,
  options: VenueOptions,
  fromMs: number,
  toMs: number,
  nextId: () => number,
  reports: ExecutionReport[],
): void {
  if (!(fromMs < toMs)) return;
  const fundings = Math.floor(toMs / fundingIntervalMs) - Math.floor(fromMs / fundingIntervalMs);
  for (const index of ledger.held) {
    const quantity = ledger.quantity[index]!;
    const value =
      (quantity * ledger.unitValue(index, ledger.lastPrice[index]!)) / ledger.conversionRate(index);
    if (quantity < 0 && options.borrowRate !== 0) {
      book(
        ledger,
        {
          chargeId: nextId(),
          kind: "borrow",
          instrument: index as InstrumentIndex,
          amount: (-value * options.borrowRate * (toMs - fromMs)) / yearMs,
          timeMs: toMs,
        },
        reports,
      );
    }
    if (fundings > 0 && options.fundingRate !== 0) {
      book(
        ledger,
        {
          chargeId: nextId(),
          kind: "funding",
          instrument: index as InstrumentIndex,
          amount: value * options.fundingRate * fundings,
          timeMs: toMs,
        },
        reports,
      );
    }
  }
}

function book(ledger: Ledger, charge: Charge, reports: ExecutionReport[]): void {
  ledger.charge(charge);
  reports.push({ kind: "charged", charge });
}
