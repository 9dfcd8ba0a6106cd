import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { BarRequest } from "../../ports/bar-source.ts";
import type { FeedEvent } from "./feed-event.ts";
import { fetchRange } from "./fetch-range.ts";

const range = { symbol: "X", fromMs: 1, toMs: 10 };

function page(...closes: readonly number[]): BarTable {
  const table = new BarTable("X", "1m");
  for (const close of closes) table.append(close, 1, 1, 1, 1, 1);
  return table;
}

/** Fetches from a source that answers with what `pages` yields; what came, and what was told. */
function setUp(pages: (request: BarRequest) => AsyncGenerator<BarTable>, ending = new AbortController()) {
  const clock = new ManualClock(0);
  const events: FeedEvent[] = [];
  const came: number[] = [];
  const parts = {
    source: { fetchBars: pages },
    timeframe: "1m",
    clock,
    fetchMsMax: 60_000,
    signal: ending.signal,
    onEvent: (event: FeedEvent) => void events.push(event),
  } as const;
  const done = fetchRange(parts, range, (bars) => {
    came.push(...bars.closeTimeMs.subarray(0, bars.length));
  });
  return { clock, events, came, done };
}

test("rows that the source left out are told, and pages without bars are none", async () => {
  const entries = [{ fault: "ohlc", count: 1, examples: ["a row"] }] as const;
  const { events, came, done } = setUp(async function* (request) {
    request.onQuarantine?.(entries);
    yield page();
    yield page(1, 2);
  });
  expect(await done).toBe(true);
  expect(came).toEqual([1, 2]);
  expect(events).toMatchObject([
    { kind: "quarantined", symbol: "X", entries },
    { kind: "backfilled", bars: 2 },
  ]);
});

test("a page that comes after the time is up is left: whoever gave up went on without it", async () => {
  const gate = Promise.withResolvers<void>();
  const { clock, events, came, done } = setUp(async function* () {
    yield page(1);
    await gate.promise;
    yield page(2);
  });
  await clock.advance(61_000);
  expect(await done).toBe(false);
  gate.resolve();
  await clock.advance(0);
  expect(came).toEqual([1]);
  expect(events).toMatchObject([{ kind: "backfillFailed", error: { message: "not fetched within 1 min" } }]);
});

test("a feed that is closed while it asks ends the fetch without a word", async () => {
  const ending = new AbortController();
  const { events, came, done } = setUp(async function* () {
    ending.abort(new Error("the feed was closed"));
    yield page(1);
  }, ending);
  expect(await done).toBe(false);
  expect([events, came]).toEqual([[], []]);
});
