import { interpretAlpaca } from "../../src/adapters/sources/alpaca/alpaca-wire.ts";
import { interpretBinance } from "../../src/adapters/sources/binance/interpret-binance.ts";
import { interpretBybit } from "../../src/adapters/sources/bybit/interpret-bybit.ts";
import { utcCloses } from "../../src/adapters/sources/shared/bar-grid.ts";
import { LiveStream } from "../../src/adapters/sources/shared/live-stream.ts";
import type { Interpret } from "../../src/adapters/sources/shared/stream-events.ts";
import { tiingoSource } from "../../src/adapters/sources/tiingo/tiingo-source.ts";
import type { WireEvents } from "../../src/adapters/shared/wire.ts";
import { Prng } from "../../src/base/prng.ts";
import { minuteMs } from "../../src/base/time.ts";
import { barsOf } from "../../src/domain/bars.ts";
import type { LiveBar } from "../../src/ports/bar-source.ts";
import { klineMessage } from "../fakes/fake-binance.ts";
import { bybitKline, bybitTrades } from "../fakes/fake-bybit.ts";
import { candleAt, candlesBetween } from "../fakes/fake-candles.ts";
import { FakeHost, type FakeReply } from "../fakes/fake-host.ts";
import { ManualClock, settle } from "../fakes/manual-clock.ts";
import type { SourceSubject } from "../source-subject.ts";
import { alpaca, binance, bybit, kucoin } from "../source-subjects.ts";
import { mutateJson, mutateText } from "./mutate.ts";
import { needSound, needWayOut } from "./sound.ts";
import type { Target } from "./target.ts";

/** A Tuesday, an hour after the open in New York. */
const nowMs = Date.parse("2024-03-05T15:30:30Z");
const listedMs = Date.parse("2024-01-10");
/** More questions about twenty bars are a loop without an end. */
const requestsMax = 400;

const tiingo: Pick<SourceSubject, "name" | "symbol" | "start"> = {
  name: "Tiingo",
  symbol: "btcusd",
  async start(clock, venueClock) {
    const host = await FakeHost.start(venueClock);
    const priceData = candlesBetween(0, nowMs, minuteMs, nowMs - 30 * minuteMs, nowMs).map(
      ({ openMs, ...prices }) => ({
        date: new Date(openMs).toISOString(),
        ...Object.fromEntries(Object.entries(prices).map(([name, text]) => [name, Number(text)])),
      }),
    );
    host.answer = ({ path }) =>
      path.endsWith("/prices")
        ? { body: [{ ticker: "btcusd", priceData }] }
        : { body: [{ ticker: "btcusd", baseCurrency: "btc", quoteCurrency: "usd" }] };
    const [baseUrl, credentials] = [host.url, { token: "0123456789abcdef0123456789abcdef" }];
    const source = await tiingoSource({
      clock,
      prng: new Prng(1),
      market: "crypto",
      credentials,
      baseUrl,
      tickersUrl: baseUrl,
    });
    return { source, host };
  },
};

/** Asks a venue for twenty bars and its symbols, while some of its answers are not what they were. */
function historyTarget({ name, symbol, start }: Pick<SourceSubject, "name" | "symbol" | "start">): Target {
  return {
    name: `${name}, history`,
    async attempt(prng) {
      const clock = new ManualClock(nowMs, "auto");
      const { source, host } = await start(clock, clock, listedMs, {});
      const { answer } = host;
      const share = prng.next();
      host.answer = (request) => {
        const reply = answered(() => answer(request));
        return host.requests.length < requestsMax && prng.next() < share ? mutated(reply, prng) : reply;
      };
      const [fromMs, toMs] = [nowMs - 20 * minuteMs, nowMs];
      let lastMs = fromMs;
      try {
        for await (const page of source.fetchBars({ symbol, timeframe: "1m", fromMs, toMs })) {
          needSound(page, lastMs, toMs);
          if (page.length > 0) lastMs = page.closeTimeMs[page.length - 1]! + 1;
        }
        if (prng.next() < 0.2) await source.symbols();
      } catch (error) {
        needWayOut(error);
      } finally {
        await source.close();
        await host.close();
      }
      if (host.requests.length > 2 * requestsMax)
        throw new Error(`asked ${host.requests.length} times for twenty bars`);
    },
  };
}

/** A cursor that was damaged on its way comes back as a question that the venue does not understand. */
function answered(answer: () => FakeReply): FakeReply {
  try {
    return answer();
  } catch {
    return { status: 400, body: {} };
  }
}

function mutated(reply: FakeReply, prng: Prng): FakeReply {
  if (prng.next() < 0.2) return { ...reply, body: mutateText(JSON.stringify(reply.body), prng) };
  const status = prng.next() < 0.9 ? reply.status : 200 + prng.integer(400);
  return { ...reply, ...(status === undefined ? {} : { status }), body: mutateJson(reply.body, prng) };
}

/** A stream with one connection whose messages are ours: what it delivers must be bars, once and in order. */
function streamTarget(
  name: string,
  interpreter: () => Interpret,
  messages: readonly unknown[],
  change: (message: unknown, prng: Prng) => unknown = mutateJson,
): Target {
  return {
    name: `${name}, stream`,
    async attempt(prng) {
      const clock = new ManualClock(nowMs);
      const bars: LiveBar[] = [];
      const opened: WireEvents[] = [];
      const stream = new LiveStream(
        {
          symbols: ["BTCUSDT"],
          timeframes: ["1m"],
          onBar: (bar) => void bars.push(bar),
          onState: () => {},
        },
        {
          clock,
          prng,
          bufferMax: 1000,
          clockSkewMsMax: 1000,
          topicsPerConnection: 10,
          staleAfterMs: 60_000,
          isContinuous: true,
          closesOf: utcCloses,
          interpreter,
          openWire: (_topics, events) => {
            opened.push(events);
            return { close: () => {} };
          },
        },
      );
      for (const message of messages) {
        const changed = prng.next() < 0.5 ? change(message, prng) : message;
        opened.at(-1)!.message(changed);
      }
      await settle();
      stream.close();
      const column = (of: (bar: LiveBar) => number) => Float64Array.from(bars, of);
      needSound(
        barsOf("BTCUSDT", "1m", {
          closeTimeMs: column((bar) => bar.closeTimeMs),
          open: column((bar) => bar.open),
          high: column((bar) => bar.high),
          low: column((bar) => bar.low),
          close: column((bar) => bar.close),
          volume: column((bar) => bar.volume),
        }),
        -Infinity,
        nowMs + 1000,
      );
    },
  };
}

const candles = Array.from({ length: 12 }, (_, k) =>
  candleAt(Math.floor(nowMs / minuteMs) * minuteMs - (12 - k) * minuteMs, minuteMs),
);
const binanceMessages = [
  { result: null, id: 1 },
  ...candles.map((candle) => klineMessage("BTCUSDT", "1m", candle)),
];
const bybitMessages = [
  { success: true, ret_msg: "", op: "subscribe" },
  ...candles.map((candle) => bybitKline("BTCUSDT", "1", minuteMs, candle)),
  bybitTrades("BTCUSDT", [["a", nowMs, 101.25, 2]]),
];
const alpacaMessages = [
  { kind: "subscription" },
  ...candles.map(({ openMs, ...prices }) => ({
    kind: "bar",
    bar: {
      symbol: "BTCUSDT",
      timestamp: new Date(openMs),
      ...Object.fromEntries(Object.entries(prices).map(([name, text]) => [name, Number(text)])),
    },
  })),
];

/** Everything that a venue can say about bars. */
export const venueTargets: readonly Target[] = [
  ...[binance, bybit, alpaca, kucoin, tiingo].map(historyTarget),
  streamTarget("Binance", () => interpretBinance, binanceMessages),
  streamTarget("Bybit", () => interpretBybit("linear"), bybitMessages),
  // What kind of message it is says the venue's own client; what stands in it says the venue.
  streamTarget(
    "Alpaca",
    () => interpretAlpaca,
    alpacaMessages,
    (message, prng) => {
      const { kind, bar } = message as { kind: string; bar?: unknown };
      return { kind, bar: mutateJson(bar, prng) };
    },
  ),
];
