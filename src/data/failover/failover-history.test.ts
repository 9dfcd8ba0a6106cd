import { expect, test } from "vitest";
import { FailoverProvider, trueBar, type Outage } from "../../../test/failover-provider.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { hourMs, minuteMs, secondMs } from "../../base/time.ts";
import type { BarRange, BarRequest, RowQuarantine } from "../../ports/bar-source.ts";
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

function world(first: readonly Outage[], second: readonly Outage[] = []) {
  const clock = new ManualClock(nowMs);
  const events: FailoverEvent[] = [];
  const providers = [
    new FailoverProvider({ name: "first", clock, outages: first }),
    new FailoverProvider({ name: "second", clock, outages: second }),
  ] as const;
  const source = failoverSource({
    providers: providers.map((one) => ({ source: one })),
    clock,
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
