import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { CsvBarStore } from "../../src/adapters/stores/csv/csv-bar-store.ts";
import { ParquetBarStore } from "../../src/adapters/stores/parquet/parquet-bar-store.ts";
import { minuteMs, secondMs } from "../../src/base/time.ts";
import { HoleFiller } from "../../src/data/live/hole-filler.ts";
import { liveFeed } from "../../src/data/live/live-feed.ts";
import { DataPipeline } from "../../src/data/pipeline/data-pipeline.ts";
import { sliceBars } from "../../src/domain/bars.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import type { BarSource } from "../../src/ports/bar-source.ts";
import type { BarStore } from "../../src/ports/bar-store.ts";
import { MemoryRanges } from "../data-pipeline-fakes.ts";
import { ManualClock, settle } from "../fakes/manual-clock.ts";
import { liveMarket } from "../live-market.ts";
import { LiveSource } from "../live-source.ts";
import { take } from "../live-taker.ts";
import { onFaultyDisk, type Fault } from "./faulty-disk.ts";

// Watching and keeping: the stream leaves bars out and breaks off, and at every operation on the disk the program dies,
// the power fails or the disk does. What the venue had is held or told to be missing, also while nobody watches, and
// who watches again ends with all of it.

const noon = Date.UTC(2024, 0, 3, 12);
const minutes = 7;
const timeframe = "1m";
const calendar = calendarNamed("24/7");
const isProof = process.env["KIWI_PROVE"] === "1";
const work = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "kiwi-watching-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Kind = "csv" | "parquet";
const storeOf = (kind: Kind, folder: string): BarStore =>
  kind === "csv" ? new CsvBarStore(folder) : new ParquetBarStore(folder);

function worldOf() {
  const clock = new ManualClock(noon);
  const market = liveMarket({ symbols: 1, instants: 60, seed: 5, holes: 0, fromMs: noon });
  return { clock, market: market[0]!, source: new LiveSource(clock, market), ranges: new MemoryRanges() };
}
type World = ReturnType<typeof worldOf>;

/** Watches from the present minute to a later one; two bars are never sent, and the stream breaks once. */
async function watch(world: World, kind: Kind, folder: string, to: number): Promise<void> {
  const { clock, source, ranges, market } = world;
  const store = storeOf(kind, folder);
  const ending = new AbortController();
  const whole = {
    name: source.name,
    capabilities: { calendarName: "24/7" },
    fetchBars: source.fetchBars.bind(source),
  } as unknown as BarSource;
  const symbols = [market.symbol];
  const pipeline = new DataPipeline({ source: whole, store, ranges, clock });
  const filler = new HoleFiller({
    pipeline,
    store,
    symbols,
    timeframe,
    clock,
    signal: ending.signal,
    onEvent: () => {},
  });
  const feed = liveFeed({
    source,
    symbols,
    timeframe,
    warmupBars: 1,
    graceMs: 5 * secondMs,
    clock,
    calendarOf: () => calendar,
    store,
    onEvent: (event) => {
      if (event.kind === "hole") filler.stir();
    },
  });
  const taken = take(feed);
  const filling = filler.run().catch(() => {});
  try {
    await clock.advance(0);
    source.tell({ kind: "live", atMs: clock.nowMs(), backfill: [] });
    const from = Math.round((clock.nowMs() - noon) / minuteMs);
    for (let minute = from + 1; minute <= to; minute++) {
      const closeMs = noon + minute * minuteMs;
      await clock.advance(closeMs + secondMs - clock.nowMs());
      const isLost = minute % 4 === 2;
      if (!isLost) for (const bar of source.between(closeMs, closeMs + 1)) source.send(bar);
      await clock.advance(6 * secondMs);
      // Files need turns that a clock of our own does not count.
      for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await clock.advance(30 * secondMs);
    await settle(50);
  } finally {
    ending.abort(new Error("the end"));
    await feed.close().catch(() => {});
    await filling;
    await store.close().catch(() => {});
    void taken;
  }
}

/** What the venue had between the first and the newest bar that is held, and is neither held nor told to be missing. */
async function untold({ market }: World, kind: Kind, folder: string): Promise<readonly string[]> {
  const store = storeOf(kind, folder);
  try {
    const bars = await store.read(market.symbol, timeframe, -Infinity, Infinity);
    const missing = await store.missingOf(market.symbol, timeframe);
    const held = new Set(bars.closeTimeMs.subarray(0, bars.length));
    const [firstMs, newestMs] = [Math.min(Infinity, ...held), Math.max(-Infinity, ...held)];
    return [...market.closeTimeMs.subarray(0, market.length)]
      .filter((closeMs) => closeMs >= firstMs && closeMs <= newestMs && !held.has(closeMs))
      .filter((closeMs) => !missing.some(({ fromMs, toMs }) => closeMs >= fromMs && closeMs < toMs))
      .map((closeMs) => new Date(closeMs).toISOString());
  } finally {
    await store.close();
  }
}

let copies = 0;
/** One accident: what was lost without a word, then and after watching again. */
async function accident(
  kind: Kind,
  fault: Fault | null,
): Promise<{ operations: readonly string[]; found: string[] }> {
  const folder = join(work, `${kind}-${(copies += 1)}`);
  const world = worldOf();
  try {
    const { use } = await onFaultyDisk(folder, fault, async () => watch(world, kind, folder, minutes));
    const found: string[] = [];
    const where =
      fault === null ? "no fault" : `${fault.kind} at ${fault.at} (${use.operations[fault.at - 1]})`;
    const note = async (when: string): Promise<void> => {
      const lost = await untold(world, kind, folder).catch((error: unknown) => [String(error)]);
      if (lost.length > 0) found.push(`${where}, ${when}: ${lost.join(", ")}`);
    };
    await note("then");
    const again = { ...world, clock: new ManualClock(noon + (minutes + 3) * minuteMs) };
    again.source = new LiveSource(again.clock, [world.market]);
    await watch(again, kind, folder, minutes + 6);
    await note("after watching again");
    const store = storeOf(kind, folder);
    const { length } = await store.read(world.market.symbol, timeframe, noon, Infinity);
    await store.close();
    if (length < 4) found.push(`${where}: only ${length} bars are held`);
    return { operations: use.operations, found };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("the judge sees a bar that is neither held nor told", async () => {
  const world = worldOf();
  const folder = join(work, "judge");
  const store = storeOf("csv", folder);
  const { market } = world;
  const provenance = { source: world.source.name, receivedAtMs: noon };
  await store.append(market.symbol, timeframe, sliceBars(market, 0, 3), provenance);
  await store.append(market.symbol, timeframe, sliceBars(market, 4, 8), provenance);
  await store.close();
  expect(await untold(world, "csv", folder)).toEqual([new Date(market.closeTimeMs[3]!).toISOString()]);
});

test.each(isProof ? (["csv", "parquet"] as const) : (["csv"] as const))(
  "watching into the %s store: nothing is lost without a word, whatever operation dies or fails",
  async (kind) => {
    const { operations, found } = await accident(kind, null);
    expect(found).toEqual([]);
    expect(operations.length).toBeGreaterThan(20);
    const faults: Fault[] = [];
    const stride = isProof ? 1 : Math.ceil(operations.length / 4);
    for (let at = 1; at <= operations.length; at += stride)
      faults.push(
        { kind: "kill", at },
        { kind: "power", at, loss: "both" },
        ...(isProof
          ? ([
              { kind: "torn", at },
              { kind: "power", at, loss: "bytes" },
              { kind: "power", at, loss: "names" },
              { kind: "fail", at, code: "ENOSPC", isSticky: true },
              { kind: "fail", at, code: "EIO", isSticky: false },
            ] as const)
          : []),
      );
    for (const fault of faults) found.push(...(await accident(kind, fault)).found);
    expect(found).toEqual([]);
  },
  isProof ? 3_600_000 : 120_000,
);
