import { expect, test } from "vitest";
import { FailoverProvider, trueBar, type Outage } from "../../../test/failover-provider.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { hourMs, minuteMs, secondMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { BarRange, BarRequest, RowQuarantine } from "../../ports/bar-source.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import { failoverSource } from "./failover-source.ts";
import type { ProvidedBars } from "./provider-part.ts";
import type { FailoverEvent } from "./provider-pool.ts";

const nowMs = Date.UTC(2026, 0, 5, 12, 0, 20);
const range: BarRange = {
  symbol: "BTCUSDT",
  timeframe: "1m",
  fromMs: nowMs - 100 * minuteMs,
  toMs: nowMs,
};

function always(kind: Outage["kind"]): readonly Outage[] {
  return [{ kind, fromMs: nowMs - hourMs, toMs: nowMs + 100 * hourMs }];
}

function world(
  first: readonly Outage[],
  second: readonly Outage[] = [],
  policy: Partial<FailoverPolicy> = {},
) {
  const clock = new ManualClock(nowMs);
  const events: FailoverEvent[] = [];
  const providers = [
    new FailoverProvider({ name: "first", clock, outages: first }),
    new FailoverProvider({ name: "second", clock, outages: second }),
  ] as const;
  const source = failoverSource({
    providers: providers.map((one) => ({ source: one })),
    clock,
    policy,
    onEvent: (event) => events.push(event),
  });
  const drain = async (
    request: Partial<BarRequest> = {},
    waitMs = 5 * minuteMs,
  ): Promise<readonly ProvidedBars[]> => {
    const pages: ProvidedBars[] = [];
    const reading = (async () => {
      for await (const page of source.fetchBars({ ...range, ...request })) pages.push(page);
    })();
    reading.catch(() => {});
    await clock.advance(waitMs);
    await reading;
    return pages;
  };
  return { clock, source, events, providers, drain };
}

/** Closes and who sent them; fails where a bar is not the true one. */
function sent(pages: readonly ProvidedBars[]): readonly (readonly [number, string])[] {
  return pages.flatMap((page) =>
    Array.from({ length: page.length }, (_, row) => {
      const closeTimeMs = page.closeTimeMs[row]!;
      const { open, high, low, close, volume } = trueBar(page.symbol, closeTimeMs);
      expect([page.open[row], page.high[row], page.low[row]]).toEqual([open, high, low]);
      expect([page.close[row], page.volume[row]]).toEqual([close, volume]);
      return [closeTimeMs, page.provider] as const;
    }),
  );
}

/** How many bars of which provider follow each other. */
function runsOf(rows: readonly (readonly [number, string])[]): readonly string[] {
  const runs: { name: string; count: number }[] = [];
  let lastMs = Number.NaN;
  for (const [closeTimeMs, name] of rows) {
    if (!Number.isNaN(lastMs)) expect(closeTimeMs).toBe(lastMs + minuteMs);
    lastMs = closeTimeMs;
    const last = runs.at(-1);
    if (last?.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => `${count} of ${name}`);
}

test("history of a provider that works is its own, and nobody else is asked", async () => {
  const { drain, providers } = world([]);
  expect(runsOf(sent(await drain()))).toEqual(["100 of first"]);
  expect(providers.map(({ fetches }) => fetches)).toEqual([1, 0]);
});

test("a provider that fails is gone on from with the next, and both failing tells of the first", async () => {
  const failing = world(always("failing"));
  expect(runsOf(sent(await failing.drain()))).toEqual(["100 of second"]);
  expect(failing.events).toMatchObject([{ kind: "fetch-failed", provider: "first" }]);
  const dead = world(always("failing"), always("failing"));
  await expect(dead.drain()).rejects.toThrow("first is down");
});

test("a provider that fails in the middle is gone on from after its last bar", async () => {
  const { clock, source } = world([{ kind: "failing", fromMs: nowMs + secondMs, toMs: nowMs + hourMs }]);
  const pages: ProvidedBars[] = [];
  for await (const page of source.fetchBars(range)) {
    pages.push(page);
    await clock.advance(2 * secondMs);
  }
  expect(runsOf(sent(pages))).toEqual(["40 of first", "60 of second"]);
});

test("one that does not answer is left after a while, and one whose history ends early is completed", async () => {
  const hanging = world(always("hanging"));
  expect(runsOf(sent(await hanging.drain()))).toEqual(["100 of second"]);
  expect(hanging.events).toMatchObject([{ why: expect.stringContaining("PROVIDER_SILENT") }]);
  const stale = world(always("silent"));
  expect(runsOf(sent(await stale.drain()))).toEqual(["40 of first", "60 of second"]);
});

test("rows that cannot be are left out, told, and taken from the other provider", async () => {
  const { drain, source } = world(always("lying"));
  let told: readonly RowQuarantine[] = [];
  const runs = runsOf(sent(await drain({ onQuarantine: (entries) => (told = entries) })));
  // Each lie of its first page is a hole for the other one to fill; then it is not asked for more.
  expect(runs.length).toBeGreaterThan(10);
  expect(runs.at(-1)).toMatch(/^6\d of second$/);
  const [{ count, fault, examples }] = told as [RowQuarantine];
  expect(fault).toBe("ohlc");
  expect(examples[0]).toMatch(/^first BTCUSDT 1m 2026-01-05T/);
  expect(source.members()[0]!.quarantined).toBe(count);
});

test("a provider that keeps failing is asked last, until it has been well for a while", async () => {
  const { clock, source, drain, providers } = world([
    { kind: "failing", fromMs: nowMs - 1, toMs: nowMs + hourMs },
  ]);
  for (let k = 0; k < 4; k++) await drain({}, secondMs);
  const asked = providers[0].fetches;
  expect(source.members().map(({ isActive }) => isActive)).toEqual([false, true]);
  await drain({}, secondMs);
  expect(providers[0].fetches).toBe(asked);
  await clock.advance(3 * hourMs);
  expect(runsOf(sent(await drain()))).toEqual(["100 of first"]);
});

test("an abort ends it at once and blames nobody", async () => {
  const { source, events, providers } = world(always("hanging"));
  const controller = new AbortController();
  const bars = source.fetchBars({ ...range, signal: controller.signal });
  const reading = bars[Symbol.asyncIterator]().next();
  controller.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
  expect(events).toEqual([]);
  expect(providers[1].fetches).toBe(0);
});

test("the latest bars come from a provider that is up to date, or else from the one that knows most", async () => {
  const ask = async (first: readonly Outage[], second: readonly Outage[]) => {
    const { clock, source } = world(first, second);
    const asking = source.latest("BTCUSDT", "1m", 5);
    asking.catch(() => {});
    await clock.advance(5 * minuteMs);
    const { provider, length, closeTimeMs } = await asking;
    return [provider, length, closeTimeMs[length - 1] ?? 0];
  };
  const lastMs = Date.UTC(2026, 0, 5, 12);
  expect(await ask([], [])).toEqual(["first", 5, lastMs]);
  expect(await ask(always("failing"), [])).toEqual(["second", 5, lastMs]);
  const old: Outage = { kind: "silent", fromMs: nowMs - 3 * minuteMs, toMs: nowMs + hourMs };
  const older: Outage = { kind: "silent", fromMs: nowMs - 4 * minuteMs, toMs: nowMs + hourMs };
  expect(await ask([older], [])).toEqual(["second", 5, lastMs]);
  expect(await ask([older], [old])).toEqual(["second", 2, lastMs - 3 * minuteMs]);
  await expect(ask(always("failing"), always("failing"))).rejects.toThrow("first is down");
});

test("symbols and units are the provider's inside and ours outside", async () => {
  const clock = new ManualClock(nowMs);
  const inner = new FailoverProvider({ name: "only", clock });
  const source = failoverSource({
    providers: [
      { source: inner, symbolOf: (symbol) => symbol.replace("/", ""), priceScale: 1 / 4, volumeScale: 100 },
    ],
    clock,
  });
  const closeTimeMs = Date.UTC(2026, 0, 5, 12);
  const { close, volume } = trueBar("BTCUSD", closeTimeMs);
  const bars = await source.latest("BTC/USD", "1m", 1);
  expect([bars.symbol, bars.close[0], bars.volume[0]]).toEqual(["BTC/USD", close / 4, volume * 100]);
});

test("a provider that knows no bar is passed over, and the worse of two is not taken for the better", async () => {
  const lastMs = Date.UTC(2026, 0, 5, 12);
  const silentFor = (minutes: number): readonly Outage[] => [
    { kind: "silent", fromMs: nowMs - minutes * minuteMs, toMs: nowMs + hourMs },
  ];
  const empty = world([], silentFor(3));
  empty.providers[0].latest = async () => new BarTable("BTCUSDT", "1m");
  const bars = await empty.source.latest("BTCUSDT", "1m", 5);
  expect([bars.provider, bars.closeTimeMs[bars.length - 1]]).toEqual(["second", lastMs - 3 * minuteMs]);
  const older = await world(silentFor(3), silentFor(4)).source.latest("BTCUSDT", "1m", 5);
  expect([older.provider, older.closeTimeMs[older.length - 1]]).toEqual(["first", lastMs - 3 * minuteMs]);
  const none = world([]);
  for (const provider of none.providers) provider.latest = async () => new BarTable("BTCUSDT", "1m");
  expect((await none.source.latest("BTCUSDT", "1m", 5)).length).toBe(0);
});

/** The first provider lacks some minutes before now. */
function lacking(minutes: readonly number[], ...rest: Parameters<typeof world>): ReturnType<typeof world> {
  const made = world(...rest);
  const [first] = made.providers;
  const whole = first.fetchBars.bind(first);
  const lastMs = Date.UTC(2026, 0, 5, 12);
  first.fetchBars = async function* (request: BarRequest) {
    for await (const page of whole(request)) {
      const table = new BarTable(page.symbol, page.timeframe);
      for (let row = 0; row < page.length; row++) {
        const closeTimeMs = page.closeTimeMs[row]!;
        if (minutes.includes((lastMs - closeTimeMs) / minuteMs)) continue;
        const { open, high, low, close, volume } = trueBar(page.symbol, closeTimeMs);
        table.append(closeTimeMs, open, high, low, close, volume);
      }
      yield table;
    }
  };
  return made;
}

test("a hole is filled by the next provider; where it fails, the hole stays and is no error", async () => {
  expect(runsOf(sent(await lacking([50], []).drain()))).toEqual([
    "49 of first",
    "1 of second",
    "50 of first",
  ]);
  const alone = lacking([50], [], always("failing"));
  expect(sent(await alone.drain())).toHaveLength(99);
  expect(alone.events).toMatchObject([{ kind: "fetch-failed", provider: "second" }]);
});

test("where no bar means no trade, a hole of one bar is none", async () => {
  const { drain, providers } = lacking([50], [], [], { expectsEveryBar: false });
  expect(sent(await drain())).toHaveLength(99);
  expect(providers[1].fetches).toBe(0);
});

test.each([
  ["stands in for the first", () => world(always("failing"), always("hanging"))],
  ["fills its hole", () => lacking([50], [], always("hanging"))],
])("an abort while the second %s ends the request with its reason", async (_, make) => {
  const { clock, source } = make();
  const controller = new AbortController();
  const reading = (async () => {
    for await (const page of source.fetchBars({ ...range, signal: controller.signal }))
      expect(page.provider).toBe("first");
  })();
  reading.catch(() => {});
  await clock.advance(secondMs);
  controller.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
});

test("what a provider left out itself is told with what was left out of its answer, the most frequent first", async () => {
  const { source, providers } = world([]);
  const [first] = providers;
  const whole = first.fetchBars.bind(first);
  first.fetchBars = async function* (request: BarRequest) {
    request.onQuarantine?.([
      { fault: "ohlc", count: 1, examples: ["a row"] },
      { fault: "number", count: 3, examples: ["another row"] },
    ]);
    // More than was asked for is left out as well.
    yield* whole({ ...request, toMs: request.toMs + 2 * minuteMs });
  };
  let told: readonly RowQuarantine[] = [];
  const request = { ...range, toMs: range.toMs - 10 * minuteMs };
  for await (const page of source.fetchBars({ ...request, onQuarantine: (entries) => (told = entries) }))
    expect(page.closeTimeMs.at(-1)).toBeLessThan(request.toMs);
  expect(told.map(({ fault, count }) => [fault, count])).toEqual([
    ["number", 3],
    ["outOfRange", 2],
    ["ohlc", 1],
  ]);
});

test("a provider that fails in other words, or on being left alone, is one that fails", async () => {
  const odd = world([]);
  odd.providers[0].latest = async () => {
    throw "no bars today" as unknown as Error;
  };
  expect((await odd.source.latest("BTCUSDT", "1m", 5)).provider).toBe("second");
  expect(odd.events).toMatchObject([{ kind: "fetch-failed", provider: "first", why: "no bars today" }]);
  const { source, providers } = world([]);
  const [first] = providers;
  const whole = first.fetchBars.bind(first);
  first.fetchBars = (request: BarRequest) => {
    const pages = whole(request);
    pages.return = () => Promise.reject(new Error("cannot stop"));
    return pages;
  };
  let pages = 0;
  for await (const page of source.fetchBars(range)) {
    pages += Math.sign(page.length);
    break;
  }
  expect(pages).toBe(1);
});

test("symbols are those of the provider that is asked now, in our writing; nobody has to listen to events", async () => {
  const clock = new ManualClock(nowMs);
  const inner = new FailoverProvider({ name: "only", clock, outages: always("failing") });
  inner.symbols = async () => [
    { symbol: "BTCUSD", kind: "crypto", tickSize: 4, lotSize: 2, notionalMin: null } as never,
  ];
  const source = failoverSource({
    providers: [{ source: inner, symbolFrom: () => "BTC/USD", priceScale: 1 / 4, volumeScale: 100 }],
    clock,
  });
  expect(await source.symbols()).toMatchObject([
    { symbol: "BTC/USD", tickSize: 1, lotSize: 200, notionalMin: null },
  ]);
  await expect(source.latest("BTC/USD", "1m", 5)).rejects.toThrow("only is down");
});

test("a timeframe that nobody has, and a stream of those who have none, are refused with what there is", () => {
  const clock = new ManualClock(nowMs);
  const inner = new FailoverProvider({ name: "only", clock });
  const source = failoverSource({ providers: [{ source: inner }], clock });
  const refusal = (why: string, fix: RegExp) =>
    expect.objectContaining({
      parts: expect.objectContaining({ why, fix: expect.stringMatching(fix) as string }) as object,
    }) as Error;
  expect(() => source.fetchBars({ ...range, timeframe: "5m" })).toThrow(refusal("they offer 1m", /^use 1m/));
  const still = new FailoverProvider({ name: "still", clock });
  Object.assign(still, { capabilities: { ...inner.capabilities, streamTimeframes: [] } });
  const history = failoverSource({ providers: [{ source: still }], clock });
  const request = { symbols: ["BTCUSDT"], timeframes: ["1m"], onBar: () => {}, onState: () => {} } as const;
  expect(() => history.subscribe(request)).toThrow(refusal("they serve history only", /^poll their history/));
});

test("it is as well as its first provider, and a provider that cannot be closed is named", async () => {
  const { source, providers, drain } = world(always("failing"));
  expect(source.health!()).toEqual({ condition: "ok", detail: "bars come from first" });
  for (let k = 0; k < 4; k++) await drain({}, secondMs);
  expect(source.health!()).toMatchObject({
    condition: "degraded",
    detail: expect.stringMatching(/^second stands in for first: .*first is down/) as string,
  });
  providers[0].close = () => Promise.reject(new Error("held open"));
  await expect(source.close()).rejects.toThrow("first: held open");
});
