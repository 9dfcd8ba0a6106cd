import { didYouMean } from "../../../base/nearest.ts";
import { KiwiError } from "../../../base/errors.ts";

const topic = "ccxt";

/** A market as ccxt describes it; what a venue does not say is missing or null. */
export type CcxtMarket = {
  readonly symbol: string;
  readonly base?: string;
  readonly quote?: string;
  readonly active?: boolean | null;
  readonly precision?: { readonly price?: number | null; readonly amount?: number | null };
  readonly limits?: {
    readonly cost?: { readonly min?: number | null };
    readonly amount?: { readonly min?: number | null; readonly max?: number | null };
  };
  readonly spot?: boolean;
  readonly contract?: boolean;
  readonly inverse?: boolean | null;
  /** Units of the base in one contract. */
  readonly contractSize?: number | null;
};

/** The part of an exchange of ccxt that is used here. Its own types are 60 MB of declarations. */
export type CcxtExchange = {
  readonly name: string;
  readonly urls: { api?: unknown };
  readonly hostname?: string;
  readonly timeframes: Readonly<Record<string, unknown>> | undefined;
  readonly has: Readonly<Record<string, unknown>>;
  readonly features?: Readonly<
    Record<string, { readonly fetchOHLCV?: { readonly limit?: number } } | null | undefined>
  >;
  readonly precisionMode: number;
  /** Milliseconds that a request of cost 1 takes out of the venue's limit. */
  readonly rateLimit: number;
  fetchImplementation: unknown;
  throttle: (cost?: number) => Promise<void>;
  milliseconds: () => number;
  readonly loadMarkets: (reload: boolean) => Promise<Readonly<Record<string, CcxtMarket>>>;
  readonly featureValue: (symbol: string, method: string, name: string, fallback: number) => unknown;
  readonly fetchOHLCV: (
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
    params: Readonly<Record<string, unknown>>,
  ) => Promise<unknown>;
};

type ExchangeClass = new (options: Readonly<Record<string, unknown>>) => CcxtExchange;
type ErrorClass = abstract new (...words: never[]) => Error;

/** The errors that mean something here; each also covers the narrower ones below it. */
const errorNames = [
  "ExchangeError",
  "OperationFailed",
  "AuthenticationError",
  "ArgumentsRequired",
  "BadRequest",
  "BadSymbol",
  "DuplicateOrderId",
  "InsufficientFunds",
  "InvalidOrder",
  "MarketClosed",
  "NotSupported",
  "OrderNotFound",
  "RestrictedLocation",
  "RateLimitExceeded",
  "DDoSProtection",
] as const;

/** The library: its exchanges by id, and its errors by name. */
export type Ccxt = {
  readonly exchanges: readonly string[];
  readonly exchange: (id: string, options: Readonly<Record<string, unknown>>) => CcxtExchange;
  readonly errors: Readonly<Record<(typeof errorNames)[number], ErrorClass>>;
};

// As a literal it would make the compiler read all of ccxt's declarations, and fail where ccxt is not installed.
const moduleName: string = "ccxt";
const importCcxt = (): Promise<unknown> => import(moduleName);

/** Loads ccxt, half a second and 90 MB, when it is first wanted. Throws `CCXT_MISSING` and `CCXT_UNUSABLE`. */
export async function loadCcxt(load: () => Promise<unknown> = importCcxt): Promise<Ccxt> {
  const library = await load().catch((cause: unknown) => {
    throw isMissing(cause) ? missing() : unusable("it could not be loaded", cause);
  });
  const all = ((library as { default?: unknown }).default ?? library) as Record<string, unknown>;
  const { exchanges } = all;
  if (!Array.isArray(exchanges) || errorNames.some((name) => typeof all[name] !== "function")) {
    throw unusable("it has another shape than version 4");
  }
  return {
    exchanges: exchanges as string[],
    exchange: (id, options) => new (all[id] as ExchangeClass)(options),
    errors: Object.fromEntries(errorNames.map((name) => [name, all[name]])) as Ccxt["errors"],
  };
}

/** `EXCHANGE_UNKNOWN` with the nearest id. */
export function exchangeUnknown(id: string, known: readonly string[]): KiwiError {
  return new KiwiError({
    code: "EXCHANGE_UNKNOWN",
    exit: "config",
    message: `ccxt has no exchange "${id}"`,
    why: `it is none of the ${known.length} that this version of ccxt knows`,
    fix: didYouMean(
      id,
      known,
      (near) => `"${near}"`,
      "npm ls ccxt shows the version; its own page lists its exchanges",
    ),
    topic,
  });
}

/** The exchange gives no bars, at least not through ccxt. */
export function exchangeWithoutBars(name: string): KiwiError {
  return new KiwiError({
    code: "EXCHANGE_WITHOUT_BARS",
    exit: "config",
    message: `${name} gives no bars through ccxt`,
    why: "the exchange has no such endpoint, or ccxt does not support it",
    fix: "use another exchange for data: binance, bybit, kraken ...",
    topic,
  });
}

/** The exchange traded before its first bar: it keeps only the newest, whatever is asked for. */
export function historyTooShort(name: string, what: string, sinceText: string): KiwiError {
  return new KiwiError({
    code: "HISTORY_TOO_SHORT",
    exit: "data",
    message: `${name} did not give ${what}: it has them from ${sinceText} on, and traded before`,
    why: "some exchanges keep a fixed number of bars for each timeframe, whatever is asked for",
    fix: `begin at ${sinceText}, use longer bars, or take older ones from another source`,
    topic,
  });
}

function missing(): KiwiError {
  return new KiwiError({
    code: "CCXT_MISSING",
    exit: "config",
    message: "ccxt is not installed",
    why: "it is optional: 67 MB for exchanges that Kiwi has no source of its own for",
    fix: "npm install ccxt",
    topic,
  });
}

function unusable(what: string, cause?: unknown): KiwiError {
  return new KiwiError(
    {
      code: "CCXT_UNUSABLE",
      exit: "config",
      message: `ccxt is installed, but ${what}`,
      why: "the installation is damaged or of an unknown version",
      fix: "npm install ccxt@4",
      topic,
    },
    { cause },
  );
}

function isMissing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" && /'ccxt'|"ccxt"/.test(String(message));
}
