import fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs, secondMs } from "../src/base/time.ts";
import { failoverSource } from "../src/data/failover/failover-source.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import { barSeries, type Expr } from "../src/domain/expression.ts";
import type { Bars } from "../src/domain/bars.ts";
import { ColumnStore } from "../src/engine/columns/column-store.ts";
import { atr } from "../src/indicators/atr.ts";
import { ema } from "../src/indicators/ema.ts";
import { obv } from "../src/indicators/obv.ts";
import { rsi } from "../src/indicators/rsi.ts";
import { sma } from "../src/indicators/sma.ts";
import type { LiveBar } from "../src/ports/bar-source.ts";
import { FailoverConsumer, tableOf } from "./failover-consumer.ts";
import { FailoverProvider, trueBar, type Outage, type TrueBar } from "./failover-provider.ts";
import { ManualClock } from "./fakes/manual-clock.ts";

const seed = 20_261_126;
const startMs = Date.UTC(2026, 0, 5, 10, 0, 20);
const firstCloseMs = Date.UTC(2026, 0, 5, 10, 1);
const symbols = ["BTCUSDT", "EUR"];
const stormMinutes = 70;
const calmMinutes = 20;

/** Outages of one provider at random times, one after the other. */
const outages = fc
  .array(
    fc.record({
      kind: fc.constantFrom("silent", "hanging", "failing", "lying"),
      pauseMs: fc.integer({ min: 1, max: 25 * minuteMs }),
      spanMs: fc.integer({ min: secondMs, max: 15 * minuteMs }),
    }),
    { maxLength: 4 },
  )
  .map((spans): readonly Outage[] => {
    let atMs = startMs;
    return spans.flatMap(({ kind, pauseMs, spanMs }) => {
      const fromMs = atMs + pauseMs;
      atMs = Math.min(fromMs + spanMs, startMs + stormMinutes * minuteMs);
      return fromMs < atMs ? [{ kind, fromMs, toMs: atMs }] : [];
    });
  });

const storm = fc.record({ first: outages, second: outages, lieSeed: fc.nat(), compare: fc.boolean() });
type Storm = typeof storm extends fc.Arbitrary<infer Value> ? Value : never;

type Numbers = (symbol: string, closeTimeMs: number) => TrueBar;

/** What a consumer has after a storm and some calm; the second provider writes symbols and units its own way. */
async function weather({ first, second, lieSeed, compare }: Storm, numbers: readonly [Numbers, Numbers]) {
  const clock = new ManualClock(startMs);
  const switches: string[] = [];
  const source = failoverSource({
    providers: [
      {
        source: new FailoverProvider({
          name: "first",
          clock,
          outages: first,
          seed: lieSeed,
          numbersOf: numbers[0],
        }),
      },
      {
        source: new FailoverProvider({
          name: "second",
          clock,
          outages: second,
          seed: lieSeed + 1,
          delayMs: 1_700,
          symbolFrom: (symbol) => symbol.replace("-x", ""),
          numbersOf: (symbol, closeTimeMs) => inCents(numbers[1](symbol, closeTimeMs)),
        }),
        symbolOf: (symbol) => `${symbol}-x`,
        priceScale: 1 / 64,
        volumeScale: 2,
      },
    ],
    clock,
    policy: { watchMs: 5 * secondMs, fetchTimeoutMs: 20 * secondMs, compare },
    onEvent: (event) => {
      if (event.kind === "switched") switches.push(event.reason);
    },
  });
  const consumer = new FailoverConsumer(source, symbols);
  await clock.advance((stormMinutes + calmMinutes) * minuteMs);
  await source.close();
  return { consumer, switches };
}

/** Prices in 64ths and volumes in pairs. */
function inCents({ open, high, low, close, volume }: TrueBar): TrueBar {
  return { open: open * 64, high: high * 64, low: low * 64, close: close * 64, volume: volume / 2 };
}

/** What an uninterrupted run has seen. */
function truthOf(symbol: string, numbersOf: Numbers = trueBar): readonly LiveBar[] {
  return Array.from({ length: stormMinutes + calmMinutes }, (_, k) => {
    const closeTimeMs = firstCloseMs + k * minuteMs;
    return { symbol, timeframe: "1m" as const, closeTimeMs, ...numbersOf(symbol, closeTimeMs) };
  });
}

/** Indicators of several kinds, folded by the engine. */
function featuresOf(bars: Bars): Readonly<Record<string, readonly number[]>> {
  const series = barSeries();
  const store = new ColumnStore(bars, calendarNamed("24/7"), () => {
    throw new Error("one symbol only");
  });
  const features: readonly Expr[] = [
    sma(series.close, 10),
    ema(series.close, 12),
    rsi(series.close, 14),
    atr(series, 14),
    obv(series),
  ];
  return Object.fromEntries(
    features.map((one) => [one.key, [...store.column(one).values.subarray(0, bars.length)]]),
  );
}

test("after outages at random times, bars and features equal those of an uninterrupted run", async () => {
  let switchCount = 0;
  await fc.assert(
    fc.asyncProperty(storm, async (plan) => {
      const { consumer, switches } = await weather(plan, [trueBar, trueBar]);
      switchCount += switches.length;
      expect(consumer.wrongs).toEqual([]);
      for (const symbol of symbols) {
        expect(consumer.plainBarsOf(symbol)).toEqual(truthOf(symbol));
        expect(featuresOf(consumer.tableOf(symbol))).toEqual(featuresOf(tableOf(symbol, truthOf(symbol))));
      }
    }),
    { seed, numRuns: 60 },
  );
  // A storm that never made anybody change the provider would have tested nothing.
  expect(switchCount).toBeGreaterThan(60);
});

test("no bar is mixed from two providers, however they alternate", async () => {
  // The second provider's numbers are a little higher, all of them: one of its values in a bar of the first would show.
  const second: Numbers = (symbol, closeTimeMs) => {
    const { open, high, low, close, volume } = trueBar(symbol, closeTimeMs);
    const more = 1 / 16;
    return {
      open: open + more,
      high: high + more,
      low: low + more,
      close: close + more,
      volume: volume + 16,
    };
  };
  const used = new Set<string>();
  await fc.assert(
    fc.asyncProperty(storm, async (plan) => {
      const { consumer } = await weather(plan, [trueBar, second]);
      expect(consumer.wrongs).toEqual([]);
      for (const symbol of symbols) {
        const bars = consumer.barsOf(symbol);
        expect(bars.length).toBe(stormMinutes + calmMinutes);
        for (const { provider, symbol: _s, timeframe: _t, closeTimeMs, ...numbers } of bars) {
          used.add(provider!);
          expect(numbers).toEqual((provider === "first" ? trueBar : second)(symbol, closeTimeMs));
        }
      }
    }),
    { seed: seed + 1, numRuns: 40 },
  );
  expect([...used].toSorted()).toEqual(["first", "second"]);
});
