import * as fc from "fast-check";
import { expect, test } from "vitest";
import { HoleFiller } from "../../src/data/live/hole-filler.ts";
import type { FeedEvent } from "../../src/data/live/feed-event.ts";
import { liveFeed } from "../../src/data/live/live-feed.ts";
import { DataPipeline } from "../../src/data/pipeline/data-pipeline.ts";
import { minuteMs, secondMs } from "../../src/base/time.ts";
import { Prng } from "../../src/base/prng.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import type { BarSource } from "../../src/ports/bar-source.ts";
import { MemoryBarStore, MemoryRanges } from "../data-pipeline-fakes.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { liveMarket } from "../live-market.ts";
import { LiveSource } from "../live-source.ts";
import { take } from "../live-taker.ts";

// Hours of watching: a stream that breaks and leaves bars out, a venue whose history is away, programs that are killed
// and started again, on a clock that moves when told. Whatever the venue had is held, or told to be missing.

const noon = Date.UTC(2024, 0, 3, 12);
const calendar = calendarNamed("24/7");
const timeframe = "1m";

/** A venue and a store that outlive the programs that watch. */
function setUp(seed: number, minutes: number) {
  const clock = new ManualClock(noon);
  const market = liveMarket({ symbols: 2, instants: minutes, seed, holes: 0.03, fromMs: noon });
  const source = new LiveSource(clock, market);
  const store = new MemoryBarStore();
  return {
    clock,
    market,
    source,
    store,
    ranges: new MemoryRanges(),
    symbols: market.map(({ symbol }) => symbol),
  };
}
type World = ReturnType<typeof setUp>;

/** Begins to watch and to keep; the returned function kills the program. */
async function watch({ clock, source, store, ranges, symbols }: World, events: FeedEvent[]) {
  const ending = new AbortController();
  const whole = {
    name: source.name,
    capabilities: { calendarName: "24/7" },
    fetchBars: source.fetchBars.bind(source),
  } as unknown as BarSource;
  const onEvent = (event: FeedEvent): void => {
    events.push(event);
    if (event.kind === "hole") filler.stir();
  };
  const feed = liveFeed({
    source,
    symbols,
    timeframe,
    warmupBars: 1,
    graceMs: 5 * secondMs,
    clock,
    calendarOf: () => calendar,
    store,
    onEvent,
  });
  const pipeline = new DataPipeline({ source: whole, store, ranges, clock });
  const filler = new HoleFiller({
    pipeline,
    store,
    symbols,
    timeframe,
    clock,
    signal: ending.signal,
    onEvent,
  });
  const taken = take(feed);
  void filler.run();
  await clock.advance(0);
  source.tell({ kind: "live", atMs: clock.nowMs(), backfill: [] });
  return {
    taken,
    kill(): void {
      ending.abort(new Error("killed"));
      void feed.close();
    },
  };
}

/** What the venue had of a symbol and is neither held nor told to be missing; what is newer than all held is to come. */
async function untold({ market, store, clock }: World): Promise<readonly string[]> {
  const found: string[] = [];
  for (const bars of market) {
    const held = new Set(store.rows(bars.symbol, timeframe).map(({ closeMs }) => closeMs));
    const missing = await store.missingOf(bars.symbol, timeframe);
    const newestMs = Math.max(-Infinity, ...held);
    const firstMs = Math.min(Infinity, ...held);
    for (const closeMs of bars.closeTimeMs.subarray(0, bars.length)) {
      const isPast = closeMs <= clock.nowMs() && closeMs <= newestMs && closeMs >= firstMs;
      const isTold = missing.some(({ fromMs, toMs }) => closeMs >= fromMs && closeMs < toMs);
      if (isPast && !held.has(closeMs) && !isTold)
        found.push(`${bars.symbol} ${new Date(closeMs).toISOString()}`);
    }
  }
  return found;
}

async function soak(seed: number, minutes: number): Promise<{ kills: number; holes: number }> {
  const world = setUp(seed, minutes);
  const { clock, source, symbols, store, market } = world;
  const prng = new Prng(seed);
  const events: FeedEvent[] = [];
  let program = await watch(world, events);
  let kills = 0;
  let isCut = false;
  for (let minute = 1; minute < minutes - 10; minute++) {
    for (const symbol of symbols) if (prng.next() < 0.05) source.failures.set(symbol, 1 + prng.integer(12));
    if (prng.next() < 0.03) {
      program.kill();
      kills += 1;
      await clock.advance(prng.integer(5) * minuteMs);
      program = await watch(world, events);
      isCut = false;
    }
    if (prng.next() < 0.06) isCut = !isCut;
    await clock.advance(noon + minute * minuteMs + secondMs - clock.nowMs());
    const closeMs = noon + minute * minuteMs;
    for (const bar of source.between(closeMs, closeMs + 1))
      if (!isCut && prng.next() > 0.05) source.send(bar);
    await clock.advance(0);
    expect(await untold(world)).toEqual([]);
  }
  source.failures.clear();
  const lastMs = clock.nowMs() - (clock.nowMs() % minuteMs) + minuteMs;
  await clock.advance(lastMs + secondMs - clock.nowMs());
  for (const symbol of symbols) {
    const bars = source.between(lastMs, lastMs + 1).filter((bar) => bar.symbol === symbol);
    for (const bar of bars) source.send(bar);
  }
  await clock.advance(20 * minuteMs);
  for (const { symbol, closeTimeMs, length } of market) {
    const rows = store.rows(symbol, timeframe);
    const [firstMs, newestMs] = [rows[0]!.closeMs, rows.at(-1)!.closeMs];
    const had = [...closeTimeMs.subarray(0, length)].filter(
      (timeMs) => timeMs >= firstMs && timeMs <= newestMs,
    );
    expect(rows.map(({ closeMs }) => closeMs)).toEqual(had);
  }
  program.kill();
  return { kills, holes: events.filter(({ kind }) => kind === "hole").length };
}

test("whatever breaks while bars are watched, what the venue had is held or told, and comes in the end", async () => {
  let [kills, holes] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 1_000_000 }), async (seed) => {
      const done = await soak(seed, 150);
      kills += done.kills;
      holes += done.holes;
    }),
    { seed: 20260305, numRuns: 12 },
  );
  // The simulation does break things.
  expect([kills > 20, holes > 40]).toEqual([true, true]);
});
