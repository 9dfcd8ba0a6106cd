import { resolve } from "node:path";
import { z } from "zod";
import type { BarSource } from "../../ports/bar-source.ts";
import type { CredentialNeed } from "../../ports/component.ts";
import { defineSource, type SourcePlugin } from "../../ports/source-plugin.ts";

const positive = z.number().positive().optional();
/** Options of everything that is reached over a network. */
const networkOfRest = {
  baseUrl: z.string().optional().describe("where its REST interface is, when it is not the venue's own"),
  requestTimeoutMs: positive.describe("how long an answer may take"),
  clockSkewMsMax: positive.describe("how far this machine's clock may be off"),
  settleMs: z.number().min(0).optional().describe("how long a bar settles after its close"),
};
const network = {
  ...networkOfRest,
  wsUrl: z.string().optional().describe("where its stream is, when it is not the venue's own"),
  staleAfterMs: positive.describe("a silent stream is taken for dead after this"),
};

const alpacaKeys: readonly CredentialNeed[] = [
  { name: "key", what: "an API key id", env: "APCA_API_KEY_ID" },
  { name: "secret", what: "the secret of its API key", env: "APCA_API_SECRET_KEY" },
];

/** Every source, sorted by name. What one is made of is loaded when it is opened. */
export const sourcePlugins: readonly SourcePlugin[] = [
  defineSource({
    name: "alpaca",
    summary: "US stocks and crypto of Alpaca; stocks, streams and the list of symbols need a key",
    options: z.strictObject({
      ...network,
      market: z.enum(["stocks", "crypto"]).default("stocks"),
      feed: z.enum(["iex", "sip", "delayed_sip"]).optional().describe("iex is the one that is free"),
      adjustment: z.enum(["raw", "split", "dividend", "all"]).optional().describe("raw by default"),
      tradingUrl: z.string().optional().describe("where the list of symbols is"),
      requestsPerMinute: positive,
    }),
    credentials: alpacaKeys,
    needsCredentials: ({ market = "stocks" }) => market === "stocks",
    async open(options, { clock, prng, credentials: { key, secret } }) {
      const { alpacaSource } = await import("../../adapters/sources/alpaca/alpaca-source.ts");
      const isComplete = key !== undefined && secret !== undefined;
      const credentials = isComplete ? { credentials: { keyId: key, secret } } : {};
      return named(
        await alpacaSource({ ...options, clock, prng, ...credentials }),
        options.adjustment,
        "raw",
      );
    },
  }),
  defineSource({
    name: "binance",
    summary: "spot market of Binance; no key",
    options: z.strictObject(network),
    async open(options, { clock, prng }) {
      const { binanceSource } = await import("../../adapters/sources/binance/binance-source.ts");
      return binanceSource({ ...options, clock, prng });
    },
  }),
  defineSource({
    name: "bybit",
    summary: "futures and spot market of Bybit; no key",
    options: z.strictObject({
      ...network,
      category: z.enum(["linear", "spot", "inverse"]).optional().describe("linear by default"),
      feed: z.enum(["klines", "trades"]).optional().describe("what the stream carries; klines by default"),
    }),
    async open(options, { clock, prng }) {
      const { bybitSource } = await import("../../adapters/sources/bybit/bybit-source.ts");
      return named(await bybitSource({ ...options, clock, prng }), options.category, "linear");
    },
  }),
  defineSource({
    name: "ccxt",
    summary: "any exchange that the library ccxt knows, after npm install ccxt (docs/how-to/ccxt.md)",
    options: z.strictObject({
      ...networkOfRest,
      exchangeId: z.string().describe("as ccxt writes it: kraken, kucoin, okx"),
      defaultType: z.string().optional().describe("what plain symbols mean there: spot, swap, future"),
    }),
    credentials: [
      { name: "key", what: "an API key", env: "CCXT_API_KEY" },
      { name: "secret", what: "the secret of its API key", env: "CCXT_SECRET" },
      { name: "password", what: "the password of its API key", env: "CCXT_PASSWORD" },
    ],
    async open({ defaultType, ...options }, { clock, prng, credentials: { key, secret, password } }) {
      const { ccxtSource } = await import("../../adapters/sources/ccxt/ccxt-source.ts");
      const credentials = {
        ...(key === undefined ? {} : { apiKey: key }),
        ...(secret === undefined ? {} : { secret }),
        ...(password === undefined ? {} : { password }),
      };
      const exchangeOptions = defaultType === undefined ? {} : { defaultType };
      return named(
        await ccxtSource({ ...options, clock, prng, credentials, exchangeOptions }),
        defaultType,
        "spot",
      );
    },
  }),
  defineSource({
    name: "metatrader",
    summary: "a MetaTrader 5 terminal on this machine, through files (docs/how-to/metatrader.md)",
    options: z.strictObject({
      folder: z.string().describe("MQL5/Files of the terminal's data folder"),
      serverTime: z
        .string()
        .describe("what time the broker's server shows: America/New_York+7, Europe/Athens, UTC+2"),
      calendarName: z.string().optional().describe("24/5 by default"),
      pollMs: positive.describe("how often the folder is looked at"),
      pickupMsMax: positive.describe("how long the bridge may take to notice a command"),
      answerMsMax: positive.describe("how long an answer may take"),
      settleMs: network.settleMs,
      staleAfterMs: network.staleAfterMs,
    }),
    async open({ folder, ...options }, { clock, prng, folder: workFolder }) {
      const { metatraderSource } = await import("../../adapters/sources/metatrader/metatrader-source.ts");
      return metatraderSource({ ...options, folder: resolve(workFolder, folder), clock, prng });
    },
  }),
  defineSource({
    name: "synthetic",
    summary: "a made-up market, offline: SYN1, SYN2 ... (kiwi help synthetic)",
    options: z.strictObject({
      seed: z.int().optional(),
      symbols: z.int().min(1).max(100).optional().describe("how many; 3 by default"),
      timeframe: z
        .enum(["1m", "5m", "15m", "30m", "1h", "1d"])
        .optional()
        .describe("shortest bars; 1h by default"),
      start: z.string().optional().describe("first day; 2022-01-01 by default"),
      calendar: z.string().optional().describe("24/7 by default"),
      edge: z.number().optional(),
    }),
    async open(options, { clock }) {
      const { syntheticBarSource } = await import("../data/synthetic-bar-source.ts");
      return syntheticBarSource(options, clock);
    },
  }),
  defineSource({
    name: "tiingo",
    summary: "daily, intraday, crypto and currency bars of Tiingo, history only; needs a token",
    options: z.strictObject({
      ...network,
      market: z.enum(["daily", "iex", "crypto", "fx"]).default("daily"),
      isAdjusted: z.boolean().optional().describe("daily bars adjusted for splits and dividends"),
      requestsPerHour: positive,
      tickersUrl: z.string().optional().describe("where the list of stocks is"),
    }),
    credentials: [{ name: "token", what: "an API token", env: "TIINGO_API_TOKEN" }],
    needsCredentials: () => true,
    async open(options, { clock, prng, credentials: { token = "" } }) {
      const { tiingoSource } = await import("../../adapters/sources/tiingo/tiingo-source.ts");
      const source = await tiingoSource({ ...options, clock, prng, credentials: { token } });
      return named(source, options.isAdjusted === true ? "adjusted" : "raw", "raw");
    },
  }),
];

/** A variant of a source has other bars: its name says so wherever bars are told apart by where they came from. */
function named(source: BarSource, variant: string | undefined, usual: string): BarSource {
  return variant === undefined || variant === usual
    ? source
    : { ...source, name: `${source.name} ${variant}` };
}
