import type { Contract, SecType } from "@stoqey/ib";
import { z } from "zod";

/** What a configuration may say about one symbol, where its name does not say it. */
export const contractWishSchema = z.strictObject({
  secType: z.enum(["STK", "CASH", "CRYPTO", "FUT", "CONTFUT", "CFD", "IND", "CMDTY"]).optional(),
  /** As Interactive Brokers writes it. */
  symbol: z.string().optional(),
  localSymbol: z.string().optional(),
  conId: z.int().positive().optional(),
  exchange: z.string().optional(),
  primaryExchange: z.string().optional(),
  currency: z.string().optional(),
  /** `202512` or `20251219`, of a future. */
  expiry: z.string().optional(),
  multiplier: z.number().positive().optional(),
});

export type ContractWish = z.output<typeof contractWishSchema>;

/** Currencies that are traded against each other. */
const currencies = new Set(
  "USD EUR GBP JPY CHF AUD NZD CAD SEK NOK DKK HKD SGD CNH MXN ZAR PLN CZK HUF ILS TRY KRW INR".split(" "),
);

/**
 * What a symbol of the run is there: `AAPL` a share, `EUR/USD`, `EUR.USD` and `EURUSD` a pair of currencies, `BTC/USD` a
 * coin. Everything else is said in the configuration.
 */
export function contractFor(symbol: string, wishes: Readonly<Record<string, ContractWish>>): Contract {
  const wish = wishes[symbol] ?? {};
  const guess = guessed(symbol);
  const contract = {
    ...guess,
    ...(wish.secType === undefined ? {} : { secType: wish.secType as SecType }),
    ...(wish.symbol === undefined ? {} : { symbol: wish.symbol }),
    ...(wish.localSymbol === undefined ? {} : { localSymbol: wish.localSymbol }),
    ...(wish.conId === undefined ? {} : { conId: wish.conId }),
    ...(wish.exchange === undefined ? {} : { exchange: wish.exchange }),
    ...(wish.primaryExchange === undefined ? {} : { primaryExch: wish.primaryExchange }),
    ...(wish.currency === undefined ? {} : { currency: wish.currency }),
    ...(wish.expiry === undefined ? {} : { lastTradeDateOrContractMonth: wish.expiry }),
    ...(wish.multiplier === undefined ? {} : { multiplier: wish.multiplier }),
  };
  return contract;
}

function guessed(symbol: string): Contract {
  const [, base, quote] = /^([A-Z0-9]{2,10})[./]([A-Z]{3,4})$/.exec(symbol) ??
    /^([A-Z]{3})([A-Z]{3})$/.exec(symbol) ?? [undefined, "", ""];
  if (currencies.has(base!) && currencies.has(quote!))
    return { symbol: base!, secType: "CASH" as SecType, exchange: "IDEALPRO", currency: quote! };
  if (symbol.includes("/"))
    return { symbol: base!, secType: "CRYPTO" as SecType, exchange: "PAXOS", currency: quote! };
  // Classes of shares are written with a space there: BRK B.
  return { symbol: symbol.replace(".", " "), secType: "STK" as SecType, exchange: "SMART", currency: "USD" };
}

/** The fields of a contract that tell what it is. */
export const contractSchema = z.object({
  conId: z.number(),
  symbol: z.string(),
  secType: z.string(),
  currency: z.string(),
  localSymbol: z.string().optional(),
  multiplier: z.number().optional(),
});

/** Which symbol of the run a contract is; those that nobody has asked for get the name that stands for them. */
export class ContractNames {
  private readonly byConId = new Map<number, string>();

  /** Remembers what a symbol turned out to be. */
  note(symbol: string, conId: number): void {
    this.byConId.set(conId, symbol);
  }

  nameOf({ conId, symbol, secType, currency, localSymbol }: z.output<typeof contractSchema>): string {
    const known = this.byConId.get(conId);
    if (known !== undefined) return known;
    if (secType === "CASH") return `${symbol}.${currency}`;
    if (secType === "CRYPTO") return `${symbol}/${currency}`;
    if (secType === "STK") return symbol.replace(" ", ".");
    return localSymbol === undefined || localSymbol === "" ? symbol : localSymbol;
  }
}
