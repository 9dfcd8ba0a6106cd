import { KiwiError } from "../base/errors.ts";
import type { Instrument } from "./instrument.ts";

/** How a quote currency is turned into base currency: a fixed rate, or the price of an instrument of the run. */
export type Conversion =
  | { readonly kind: "fixed"; readonly rate: number }
  | { readonly kind: "instrument"; readonly index: number; readonly isInverse: boolean };

/**
 * The conversion of every instrument's quote currency, by instrument index. A currency is converted through an
 * instrument named after the pair (EURUSD, USDJPY) when the run has one, or by a rate given in `fixedRates`.
 * Throws `CURRENCY_UNKNOWN`.
 */
export function conversionsFor(
  instruments: readonly Instrument[],
  baseCurrency: string,
  fixedRates: Readonly<Record<string, number>> = {},
): readonly Conversion[] {
  return instruments.map(({ quoteCurrency }) => {
    if (quoteCurrency === baseCurrency) return { kind: "fixed", rate: 1 };
    const fixed = fixedRates[quoteCurrency];
    if (fixed !== undefined) return { kind: "fixed", rate: fixed };
    const direct = instruments.findIndex(({ symbol }) => symbol === quoteCurrency + baseCurrency);
    if (direct >= 0) return { kind: "instrument", index: direct, isInverse: false };
    const inverse = instruments.findIndex(({ symbol }) => symbol === baseCurrency + quoteCurrency);
    if (inverse >= 0) return { kind: "instrument", index: inverse, isInverse: true };
    throw new KiwiError({
      code: "CURRENCY_UNKNOWN",
      exit: "config",
      message: `no rate turns ${quoteCurrency} into ${baseCurrency}`,
      why: `an instrument is quoted in ${quoteCurrency}, and the run has neither ${quoteCurrency}${baseCurrency} nor ${baseCurrency}${quoteCurrency}`,
      fix: `add the bars of ${quoteCurrency}${baseCurrency}, or set account.fixedRates.${quoteCurrency} in the config`,
      topic: "currencies",
    });
  });
}
