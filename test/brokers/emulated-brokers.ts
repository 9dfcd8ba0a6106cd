import { alpacaBroker } from "../../src/adapters/brokers/alpaca/alpaca-broker.ts";
import { bybitBroker } from "../../src/adapters/brokers/bybit/bybit-broker.ts";
import { ccxtBroker } from "../../src/adapters/brokers/ccxt/ccxt-broker.ts";
import { ibBroker } from "../../src/adapters/brokers/ib/ib-broker.ts";
import { metatraderBroker } from "../../src/adapters/brokers/metatrader/metatrader-broker.ts";
import { Prng } from "../../src/base/prng.ts";
import { AlpacaFace } from "../../src/emulator/alpaca/alpaca-face.ts";
import { BybitFace } from "../../src/emulator/bybit/bybit-face.ts";
import { spotSuffix } from "../../src/emulator/bybit/bybit-symbols.ts";
import { IbFace } from "../../src/emulator/ib/ib-face.ts";
import { venueOptions } from "../../src/emulator/exchange/account-options.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import type { BrokerConnection } from "../../src/ports/broker-connection.ts";
import type { Clock } from "../../src/ports/clock.ts";
import {
  startLab,
  startTerminalLab,
  type EmulatorLab,
  type TapeQuad,
  type TerminalLab,
} from "../emulator-lab.ts";

/** When the first bar of a tape opens: on a Tuesday, half an hour after New York. */
export const tapeStartMs = Date.parse("2024-03-05T15:00:00Z");
const credentials = { key: "KEY", secret: "SECRET" };

/** A broker of Kiwi and an emulator that speaks its protocol. */
export type Subject = {
  readonly name: string;
  readonly symbol: string;
  /** Of a purchase the venue keeps this share as its fee; 0 where nothing is said. */
  readonly keptShare?: number;
  /** The tape begins at `tapeStartMs` where nothing else is said. */
  readonly start: (quads: readonly TapeQuad[], faults: string, startMs?: number) => Promise<EmulatorLab>;
  readonly connect: (lab: EmulatorLab, clock: Clock, requestTimeoutMs?: number) => Promise<BrokerConnection>;
};

/** What fills make of a holding; of a purchase the fee may have been kept in coins. */
export function heldAfter(
  fills: Iterable<{ side: "buy" | "sell"; quantity: number; fee: number; feeCurrency: string }>,
): number {
  let sum = 0;
  for (const { side, quantity, fee, feeCurrency } of fills)
    sum += (side === "buy" ? quantity : -quantity) - (feeCurrency === "BTC" ? fee : 0);
  // Sums of lots of a ten-thousandth, and fees of a thousandth of them.
  return Math.round(sum * 1e8) / 1e8;
}

const aapl = listingOf("AAPL", {
  assetClass: "equity",
  baseCurrency: "AAPL",
  quoteCurrency: "USD",
  lotSize: 1,
  quantityMin: 1,
  calendarName: "us-equity",
});
const bitcoin = listingOf("BTC/USD", { quoteCurrency: "USD", lotSize: 0.0001, quantityMin: 0.0001 });
const contract = listingOf("BTCUSDT", { quoteCurrency: "USDT", notionalMin: 5 });
const spotFee = 0.001;
const coin = { ...contract, symbol: `BTCUSDT${spotSuffix}`, canShort: false, keepsFeeOfPurchase: true };

function alpaca(market: "stocks" | "crypto"): Subject {
  return {
    name: `Alpaca ${market}`,
    symbol: market === "stocks" ? "AAPL" : "BTC/USD",
    start: (quads, faults, startMs = tapeStartMs) =>
      startLab({
        listings: [aapl, bitcoin],
        timeframe: "1m",
        startMs,
        quads,
        faults,
        face: (tools) => new AlpacaFace(tools, { requestsPerMinute: 100_000 }),
      }),
    connect: async ({ url, wsUrl }, clock, requestTimeoutMs = 2_000) =>
      alpacaBroker(
        { market, fractional: false, baseUrl: url, wsUrl, requestTimeoutMs, clockSkewMsMax: 1e12 },
        { mode: "paper", clock, prng: new Prng(1), credentials, folder: "." },
      ),
  };
}

function bybit(category: "linear" | "spot"): Subject {
  return {
    name: `Bybit ${category}`,
    symbol: "BTCUSDT",
    ...(category === "spot" ? { keptShare: spotFee } : {}),
    start: (quads, faults, startMs = tapeStartMs) =>
      startLab({
        listings: [contract, coin],
        timeframe: "1m",
        startMs,
        quads,
        faults,
        hasHedgeMode: true,
        ...(category === "spot"
          ? { account: { venue: venueOptions("margin", { maker: spotFee, taker: spotFee }) } }
          : {}),
        face: (tools) => new BybitFace(tools, { rateScale: 1_000 }),
      }),
    connect: async ({ url, wsUrl }, clock, requestTimeoutMs = 2_000) =>
      bybitBroker(
        { category, environment: "demo", baseUrl: url, wsUrl, requestTimeoutMs, clockSkewMsMax: 1e12 },
        { mode: "paper", clock, prng: new Prng(1), credentials, folder: "." },
      ),
  };
}

const ib: Subject = {
  name: "Interactive Brokers",
  symbol: "AAPL",
  start: (quads, faults, startMs = tapeStartMs) =>
    startLab({
      listings: [aapl, bitcoin],
      timeframe: "1m",
      startMs,
      quads,
      faults,
      face: (tools) => new IbFace(tools, { rateScale: 1_000 }),
    }),
  connect: async ({ url }, clock, requestTimeoutMs = 2_000) =>
    ibBroker(
      {
        host: "127.0.0.1",
        port: Number(new URL(url).port),
        clientId: 41,
        fractional: false,
        outsideRth: false,
        contracts: {},
        requestTimeoutMs,
        clockSkewMsMax: 1e12,
      },
      { mode: "paper", clock, prng: new Prng(1), credentials: {}, folder: "." },
    ),
};

/** Euros come in lots of 100,000 and steps of a hundredth: here a step is one euro, so that tests of all brokers fit. */
const euro = listingOf("EURUSD", {
  assetClass: "forex",
  baseCurrency: "EUR",
  quoteCurrency: "USD",
  lotSize: 1,
  quantityMin: 1,
});

function metatrader(marginMode: "netting" | "hedging"): Subject {
  return {
    name: `MetaTrader ${marginMode}`,
    symbol: "EURUSD",
    start: (quads, faults, startMs = tapeStartMs) =>
      startTerminalLab(
        {
          listings: [euro],
          timeframe: "1m",
          startMs,
          quads,
          faults,
          hasHedgeMode: marginMode === "hedging",
          account: { positionMode: marginMode === "hedging" ? "hedge" : "one-way" },
        },
        { marginMode },
      ),
    connect: (lab, clock, answerMsMax = 1_000) =>
      metatraderBroker(
        {
          folder: (lab as TerminalLab).folder,
          serverTime: "America/New_York+7",
          magic: 42,
          pollMs: 3,
          pickupMsMax: answerMsMax,
          answerMsMax: Math.min(answerMsMax, 300),
        },
        { mode: "paper", clock, prng: new Prng(1), credentials: {}, folder: "." },
      ),
  };
}

/** Exchanges of ccxt, pointed at the emulator's face of the same venue. */
function ccxt(exchangeId: "bybit" | "alpaca"): Subject {
  const of = exchangeId === "bybit" ? bybit("linear") : alpaca("crypto");
  return {
    name: `ccxt ${exchangeId}`,
    symbol: exchangeId === "bybit" ? "BTC/USDT:USDT" : "BTC/USD",
    start: of.start,
    connect: ({ url }, clock, requestTimeoutMs = 2_000) =>
      ccxtBroker(
        {
          exchangeId,
          defaultType: exchangeId === "bybit" ? "swap" : "spot",
          everyMs: 30,
          rateLimitMs: 1,
          baseUrl: url,
          requestTimeoutMs,
          clockSkewMsMax: 1e12,
          exchangeOptions: { enableUnifiedAccount: true, enableUnifiedMargin: false },
        },
        { mode: "paper", clock, prng: new Prng(1), credentials, folder: "." },
      ),
  };
}

/** Every broker that has an emulator. */
export const subjects: readonly Subject[] = [
  alpaca("stocks"),
  alpaca("crypto"),
  bybit("linear"),
  bybit("spot"),
  ib,
  metatrader("netting"),
  metatrader("hedging"),
  ccxt("bybit"),
];

/** Those that are taken through hundreds of faulty runs: what ccxt waits for of its own accord takes minutes of them. */
export const triedSubjects: readonly Subject[] = subjects.filter(({ name }) => !name.startsWith("ccxt"));

/** Those over which whole robots live on faulty wires. */
export const robotSubjects: readonly Subject[] = triedSubjects;
