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
    if (isSameMoney(quoteCurrency, baseCurrency)) return { kind: "fixed", rate: 1 };
    const fixed = fixedRates[quoteCurrency];
    if (fixed !== undefined) return { kind: "fixed", rate: fixed };
    const indexOf = (from: string, to: string): number =>
      instruments.findIndex(
        ({ symbol }) => symbol.startsWith(from) && isSameMoney(symbol.slice(from.length), to),
      );
    const direct = indexOf(quoteCurrency, baseCurrency);
    if (direct >= 0) return { kind: "instrument", index: direct, isInverse: false };
    const inverse = indexOf(baseCurrency, quoteCurrency);
    if (inverse >= 0) return { kind: "instrument", index: inverse, isInverse: true };
    throw unknownCurrency(quoteCurrency, baseCurrency, `an instrument is quoted in ${quoteCurrency}`);
  });
}

/** `CURRENCY_UNKNOWN`: money in one currency cannot be added to money in another. */
export function unknownCurrency(currency: string, baseCurrency: string, why: string): KiwiError {
  return new KiwiError({
    code: "CURRENCY_UNKNOWN",
    exit: "config",
    message: `no rate turns ${currency} into ${baseCurrency}`,
    why: `${why}, and the run has neither ${currency}${baseCurrency} nor ${baseCurrency}${currency}`,
    fix: `add the bars of ${currency}${baseCurrency}, or set account.fixedRates.${currency} in the config`,
    topic: "currencies",
  });
}

const dollars = ["USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD"];
const others = [
  ..."EUR GBP JPY CHF AUD CAD NZD SEK NOK DKK PLN CZK HUF TRY ZAR MXN SGD HKD CNH KRW INR BRL".split(" "),
  ..."BTC ETH BNB".split(" "),
];
const byLength = [...dollars, ...others].toSorted((a, b) => b.length - a.length);

/** Coins that stand for a dollar are taken for one: they are quoted as if they were. */
export function isSameMoney(a: string, b: string): boolean {
  return a === b || (dollars.includes(a) && dollars.includes(b));
}

/** The quote currency that a pair's name tells (USDJPY, ETHBTC); null for names that are no pairs of currencies. */
function quoteInName(symbol: string): string | null {
  const quote = byLength.find((currency) => symbol.endsWith(currency) && symbol.length > currency.length);
  if (quote === undefined) return null;
  const first = symbol.slice(0, -quote.length);
  // Three letters before a crypto or dollar coin can be any coin; before a state's currency only another's.
  const isCoin = quote === "BTC" || quote === "ETH" || quote === "BNB" || quote.length > 3;
  return isCoin || dollars.includes(first) || others.includes(first) ? quote : null;
}

/**
 * The quote currency of every symbol: what is `stated`, else what its name tells when the names tell more than one,
 * else the base currency. So a run over one currency needs no rates, and two are never added up as if they were one.
 */
export function quoteCurrencies(
  symbols: readonly string[],
  stated: readonly (string | undefined)[],
  baseCurrency: string,
): readonly string[] {
  const told = symbols.map((symbol, index) => stated[index] ?? quoteInName(symbol));
  const first = told.find((currency) => currency !== null);
  const isMixed = told.some(
    (currency) => currency !== null && first != null && !isSameMoney(currency, first),
  );
  return told.map((currency, index) => stated[index] ?? (isMixed ? currency : null) ?? baseCurrency);
}
