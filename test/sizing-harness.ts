import type { InstrumentIndex } from "../src/domain/instrument.ts";
import type { PortfolioView } from "../src/domain/portfolio.ts";
import { unprotected, type Signal } from "../src/domain/target.ts";
import type { Sizer } from "../src/ports/sizer.ts";
import { testInstrument, testPortfolio } from "./plugin-tools.ts";

/** What a sizer gives to a signal for the first instrument, at a close of 100 unless told otherwise. */
export function weigh(
  sizer: Sizer,
  signal: Partial<Signal>,
  moment: { readonly portfolio?: PortfolioView; readonly price?: number; readonly costRate?: number } = {},
): number {
  const { portfolio = testPortfolio(10_000), price = 100, costRate = 0 } = moment;
  const whole: Signal = {
    instrument: 0 as InstrumentIndex,
    weight: 1,
    reason: "test",
    entry: { kind: "market" },
    protection: unprotected,
    ...signal,
  };
  return sizer.weigh(whole, { portfolio, instrument: testInstrument(), price, costRate });
}
