import { expect, test } from "vitest";
import { FailoverConsumer } from "../../../test/failover-consumer.ts";
import {
  FailoverProvider,
  trueBar,
  type FailoverProviderOptions,
  type Lie,
  type Outage,
} from "../../../test/failover-provider.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { minuteMs, secondMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import { failoverSource } from "./failover-source.ts";
import type { FailoverEvent } from "./provider-pool.ts";

const startMs = Date.UTC(2026, 0, 5, 10, 0, 20);
const firstCloseMs = Date.UTC(2026, 0, 5, 10, 1);
const symbol = "BTCUSDT";

/** From some minutes after the start until some minutes after it. */
function outage(kind: Outage["kind"], fromMinute: number, toMinute: number): Outage {
  return { kind, fromMs: startMs + fromMinute * minuteMs, toMs: startMs + toMinute * minuteMs };
}

function world(
  first: Partial<FailoverProviderOptions>,
  second: Partial<FailoverProviderOptions> = {},
  policy: Partial<FailoverPolicy> = {},
) {
  const clock = new ManualClock(startMs);
  const events: FailoverEvent[] = [];
  const providers = [
    new FailoverProvider({ name: "first", clock, ...first }),
    new FailoverProvider({ name: "second", clock, ...second }),
  ] as const;
  const source = failoverSource({
    providers: providers.map((one) => ({ source: one })),
    clock,
    policy,
    onEvent: (event) => events.push(event),
  });
  const switches = () =>
    events.flatMap((event) =>
      event.kind === "switched"
        ? [`${event.reason}: ${event.from} to ${event.to} at ${(event.atMs - startMs) / secondMs}`]
        : [],
    );
  return { clock, source, events, switches, providers };
}

/** Everything as it should be after so many minutes. */
function expectWhole(consumer: FailoverConsumer, minutes: number): void {
  expect(consumer.wrongs).toEqual([]);
  expect(consumer.plainBarsOf(symbol)).toEqual(
    Array.from({ length: minutes }, (_, k) => {
      const closeTimeMs = firstCloseMs + k * minuteMs;
      return { symbol, timeframe: "1m", closeTimeMs, ...trueBar(symbol, closeTimeMs) };
    }),
  );
}

test("a provider that falls silent is left after two bars and returned to when it has been well for a while", async () => {
  const { clock, source, switches } = world({ outages: [outage("silent", 5, 12)] });
  const consumer = new FailoverConsumer(source, [symbol]);
  await clock.advance(30 * minuteMs);
  expectWhole(consumer, 30);
  // Silent from 10:05:20: the bars of 10:06 and 10:07 do not come, which shows ten seconds after the second is due.
  // Well again with the bar of 10:13: five minutes later, and with five more bars, the preferred one takes over.
  expect(switches()).toEqual(["stale: first to second at 411", "recovered: second to first at 1061"]);
  const streamed = consumer.barsOf(symbol).map(({ provider }) => provider);
  expect(new Set(streamed)).toEqual(new Set(["first", "second"]));
  await source.close();
});

test("a stream that does not come back is left, and what was missed is announced when bars come again", async () => {
  const { clock, source, switches } = world({ outages: [outage("failing", 5, 6.5)] });
  const consumer = new FailoverConsumer(source, [symbol]);
  await clock.advance(20 * minuteMs);
  expectWhole(consumer, 20);
  expect(switches()).toEqual(["failing: first to second at 331", expect.stringMatching(/^recovered/)]);
  const live = consumer.states.filter(({ kind }) => kind === "live");
  expect(live.map((state) => "backfill" in state && state.backfill.length)).toEqual([0, 0, 0]);
  await source.close();
});

test("one good bar is not enough to be trusted again", async () => {
  const outages = [outage("silent", 5, 10), outage("silent", 11, 16), outage("silent", 18, 22)];
  const { clock, source, switches } = world({ outages });
  const consumer = new FailoverConsumer(source, [symbol]);
  await clock.advance(40 * minuteMs);
  expectWhole(consumer, 40);
  expect(switches().map((one) => one.split(" ")[0])).toEqual(["stale:", "recovered:"]);
  await source.close();
});

test("when both are away nobody switches to and fro, it is said once, and all is fetched afterwards", async () => {
  const { clock, source, switches, events } = world(
    { outages: [outage("silent", 5, 20)] },
    { outages: [outage("failing", 4, 15)] },
  );
  const consumer = new FailoverConsumer(source, [symbol]);
  await clock.advance(12 * minuteMs);
  expect(source.feedHealth.troubleWith(symbol)).toMatch(/^second cannot be reached$/);
  expect(source.feedHealth.troubleWith("another")).toBeNull();
  await clock.advance(28 * minuteMs);
  expect(source.feedHealth.troubleWith(symbol)).toBeNull();
  expectWhole(consumer, 40);
  expect(switches().map((one) => one.split(" at ")[0])).toEqual([
    "stale: first to second",
    "recovered: second to first",
  ]);
  expect(events.filter(({ kind }) => kind === "no-provider").length).toBe(1);
  await source.close();
});

test.each<Lie>(["negativeVolume", "ohlc", "nonPositive", "future", "past", "symbol", "offGrid"])(
  "a provider that lies (%s) is quarantined, counted and left",
  async (lie) => {
    const { clock, source, switches } = world(
      { outages: [outage("lying", 5, 60)], lie },
      {},
      { badBarsMax: 2 },
    );
    const consumer = new FailoverConsumer(source, [symbol]);
    await clock.advance(20 * minuteMs);
    expectWhole(consumer, 20);
    expect(switches()).toEqual([expect.stringMatching(/^wrong-data: first to second at 400/)]);
    const [first, second] = source.members();
    expect(first!.score).toBeLessThan(0.5);
    expect(second).toMatchObject({ name: "second", isActive: true, quarantined: 0, score: 1 });
    // What it sends is counted for as long as it is listened to, and told while it is active.
    // One with a time of the past that is later than its last one might only be slow.
    const { quarantined, late } = consumer.subscription.counts();
    expect(quarantined + late).toBe(15);
    expect(quarantined).toBeGreaterThan(lie === "past" ? 7 : 14);
    expect(first!.quarantined).toBeGreaterThanOrEqual(quarantined);
    expect(consumer.states.filter(({ kind }) => kind === "quarantined").length).toBe(2);
    await source.close();
  },
);

test("two that disagree about the price stop trading until they agree again", async () => {
  const isApart = (closeTimeMs: number) =>
    closeTimeMs > startMs + 5 * minuteMs && closeTimeMs < startMs + 12 * minuteMs;
  const { clock, source, events } = world(
    {},
    {
      numbersOf(name, closeTimeMs) {
        const bar = trueBar(name, closeTimeMs);
        return isApart(closeTimeMs) ? { ...bar, high: bar.close * 1.02, close: bar.close * 1.02 } : bar;
      },
    },
    { compare: true },
  );
  const consumer = new FailoverConsumer(source, [symbol]);
  await clock.advance(10 * minuteMs);
  expect(source.feedHealth.troubleWith(symbol)).toBe(
    "first and second disagree on BTCUSDT: 1m closes 2 % apart after 3 bars in a row, and 0.5 % is allowed",
  );
  await clock.advance(6 * minuteMs);
  expect(source.feedHealth.troubleWith(symbol)).toBeNull();
  expect(events.map(({ kind }) => kind)).toEqual(["diverged", "agreed"]);
  expectWhole(consumer, 16);
  // The second one is only listened to.
  expect(consumer.barsOf(symbol).every(({ provider }) => provider === "first")).toBe(true);
  await source.close();
});

test("one stream is open at a time unless there is a reason for two", async () => {
  const { clock, source, providers } = world({ outages: [outage("silent", 5, 12)] });
  const consumer = new FailoverConsumer(source, [symbol]);
  const open = async (spanMs: number) => {
    await clock.advance(spanMs);
    return providers.map((one) => one.open);
  };
  expect(await open(4 * minuteMs)).toEqual([1, 0]);
  expect(await open(6 * minuteMs)).toEqual([1, 1]);
  expect(await open(15 * minuteMs)).toEqual([1, 0]);
  consumer.subscription.close();
  expect(await open(1)).toEqual([0, 0]);
  expect(consumer.states.at(-1)?.kind).toBe("closed");
});

test("going back takes bars as well as time", async () => {
  const silent = { outages: [outage("silent", 5, 12)] };
  const { clock, source, switches } = world(silent, {}, { failBackMs: 0, failBackBars: 3 });
  const consumer = new FailoverConsumer(source, [symbol]);
  await clock.advance(20 * minuteMs);
  expectWhole(consumer, 20);
  // The third bar of the preferred one is that of 10:15.
  expect(switches().at(-1)).toBe("recovered: second to first at 881");
  await source.close();
});

test("a provider that refuses is left at once, and its bar that comes again from the next is not delivered twice", async () => {
  const { clock, source, switches, providers } = world({}, { delayMs: 5 * secondMs }, { compare: true });
  const consumer = new FailoverConsumer(source, [symbol]);
  // The first one sends the bar of 10:05 and refuses; the second one sends that bar after it has taken over.
  await clock.advance(firstCloseMs - startMs + 4 * minuteMs + secondMs);
  providers[0].refuse();
  await clock.advance(10 * secondMs);
  expect(switches()).toEqual(["refused: first to second at 281"]);
  expect(consumer.subscription.counts()).toMatchObject({ bars: 5, late: 1 });
  // It is asked again after a minute, and well for long enough a few minutes later.
  await clock.advance(20 * minuteMs);
  expect(switches().at(-1)).toMatch(/^recovered: second to first/);
  expectWhole(consumer, 25);
  await source.close();
});

test("only when every provider refuses the stream is refused", async () => {
  const { clock, source, providers } = world({}, {}, { compare: true });
  const consumer = new FailoverConsumer(source, [symbol]);
  await clock.advance(2 * minuteMs);
  providers[1].refuse();
  await clock.advance(secondMs);
  expect(consumer.states.some(({ kind }) => kind === "refused")).toBe(false);
  providers[0].refuse();
  await clock.advance(10 * minuteMs);
  expect(consumer.states.at(-1)?.kind).toBe("refused");
  expect(providers.map((one) => one.open)).toEqual([0, 0]);
  expect(consumer.barsOf(symbol).length).toBe(2);
});

test("a bar that comes very late is fetched rather than believed", async () => {
  const { clock, source } = world({ delayMs: 40 * secondMs });
  const consumer = new FailoverConsumer(source, [symbol]);
  await clock.advance(firstCloseMs - startMs + 9 * minuteMs + 41 * secondMs);
  // The bar before the first one comes late as well, and nobody asked for it.
  expectWhole(consumer, 10);
  expect(consumer.subscription.counts()).toMatchObject({ bars: 0, late: 11, quarantined: 0 });
  await source.close();
});

test("nothing is stale while the market is closed", async () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 9, 21, 58, 30));
  const events: FailoverEvent[] = [];
  const closedMs = Date.UTC(2026, 0, 9, 22);
  const source = failoverSource({
    providers: ["first", "second"].map((name) => ({
      source: new FailoverProvider({
        name,
        clock,
        outages: [{ kind: "silent", fromMs: closedMs - 80 * secondMs, toMs: closedMs + 100 * 60 * minuteMs }],
      }),
    })),
    clock,
    calendarOf: () => calendarNamed("24/5"),
    policy: { watchMs: minuteMs },
    onEvent: (event) => events.push(event),
  });
  const consumer = new FailoverConsumer(source, ["EUR"]);
  // Friday 22:00 to Sunday 22:00 UTC, and a little more. The last two bars did not come, but nobody can trade on them.
  await clock.advance(48 * 60 * minuteMs);
  expect(events).toEqual([]);
  await clock.advance(8 * minuteMs);
  expect(events.map(({ kind }) => kind)).toContain("switched");
  consumer.subscription.close();
  await source.close();
});

test("a receiver that takes its time gets one bar after the other, also across providers", async () => {
  const { clock, source } = world({ outages: [outage("silent", 5, 12)] }, { delayMs: 400 });
  let running = 0;
  const most: number[] = [];
  source.subscribe({
    symbols: [symbol],
    timeframes: ["1m"],
    async onBar() {
      running += 1;
      most.push(running);
      await new Promise<void>((resolve) => void clock.schedule(90 * secondMs, resolve));
      running -= 1;
    },
    onState() {},
  });
  await clock.advance(30 * minuteMs);
  expect(most.length).toBeGreaterThan(10);
  expect(Math.max(...most)).toBe(1);
  await source.close();
});

test("providers need a name each, and a timeframe that none offers is refused", () => {
  const clock = new ManualClock(startMs);
  const provider = new FailoverProvider({ name: "first", clock });
  expect(() => failoverSource({ providers: [], clock })).toThrow(/PROVIDERS_UNFIT no data provider/);
  const twice = [{ source: provider }, { source: provider }];
  expect(() => failoverSource({ providers: twice, clock })).toThrow(/PROVIDERS_UNFIT two .* "first"/);
  const source = failoverSource({ providers: [{ source: provider }], clock });
  const ask = () => source.fetchBars({ symbol, timeframe: "1h", fromMs: 0, toMs: 1 });
  expect(ask).toThrow(/TIMEFRAME_UNSUPPORTED/);
});
