import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { BarRequest } from "../../ports/bar-source.ts";
import { Backfill } from "./backfill.ts";

function setUp() {
  const clock = new ManualClock(0);
  const asked: (readonly [number, number])[] = [];
  const ending = new AbortController();
  const backfill = new Backfill({
    source: {
      async *fetchBars({ fromMs, toMs }: BarRequest) {
        asked.push([fromMs, toMs]);
        const table = new BarTable("X", "1m");
        table.append(fromMs, 1, 1, 1, 1, 1);
        yield table;
      },
    },
    timeframe: "1m",
    clock,
    fetchMsMax: 60_000,
    signal: ending.signal,
    onEvent: () => {},
    windowBars: 10,
    fetchesAtOnce: 1,
    onBars: () => {},
    onGivenUp: () => {},
    onWindow: async () => {},
  });
  return { clock, asked, ending, backfill };
}

test("a range without any time in it is nothing to fetch, and holds nobody up", async () => {
  const { clock, asked, backfill } = setUp();
  backfill.start();
  backfill.add({ symbol: "X", fromMs: 5, toMs: 5 });
  await clock.advance(1);
  expect([asked, backfill.holdFromMs, backfill.throughMs("X")]).toEqual([[], Infinity, -Infinity]);
});

test("what is not ready yet waits, and is not asked for when the feed closes before", async () => {
  const { clock, asked, ending, backfill } = setUp();
  backfill.add({ symbol: "X", fromMs: 1, toMs: 5 }, 1_000);
  backfill.start();
  await clock.advance(999);
  expect([asked, backfill.holdFromMs, backfill.throughMs("X")]).toEqual([[], 1, 4]);
  await clock.advance(1);
  expect([asked, backfill.holdFromMs]).toEqual([[[1, 5]], Infinity]);
  backfill.add({ symbol: "X", fromMs: 5, toMs: 9 }, 3_000);
  ending.abort(new Error("closed"));
  await clock.advance(5_000);
  expect(asked).toEqual([[1, 5]]);
});
