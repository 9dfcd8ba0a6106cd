import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ParquetBarStore } from "../../adapters/stores/parquet/parquet-bar-store.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { barQuality } from "../../ports/bar-store.ts";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import type { BarsRequest } from "../bars/bars-request.ts";
import { loadBars } from "../bars/load-bars.ts";
import { dataPathsOf, makeDataFolder } from "./data-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-stored-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
await makeDataFolder(join(folder, ".kiwi", "data"));
const store = new ParquetBarStore(dataPathsOf(join(folder, ".kiwi", "data")).bars);

const startMs = Date.UTC(2024, 0, 1);
const firstMs = Date.UTC(2024, 5, 1);
const laterMs = Date.UTC(2024, 6, 1);
function made(symbol: string, timeframe: Timeframe): Bars {
  return syntheticMarket({ seed: 1, symbols: [symbol], timeframe, bars: 50, startMs }).bars[0]!;
}

const hours = made("AAA", "1h");
await store.append("AAA", "1h", hours, { source: "Venue", receivedAtMs: firstMs });
await store.append("AAA", "4h", made("AAA", "4h"), { source: "Venue", receivedAtMs: firstMs });
await store.append("BBB", "1h", made("BBB", "1h"), { source: "Venue", receivedAtMs: firstMs });
// In July the venue changes one bar, and another source fills one in.
const changed = barsOf("AAA", "1h", {
  ...hours,
  close: hours.close.map((price, row) => (row === 7 ? price + 0.01 : price)),
});
await store.append("AAA", "1h", changed, { source: "Venue", receivedAtMs: laterMs });
const nextMs = hours.closeTimeMs.at(-1)! + 3_600_000;
const one = (value: number): Float64Array => Float64Array.of(value);
const filled = barsOf("AAA", "1h", {
  closeTimeMs: one(nextMs),
  open: one(1),
  high: one(1),
  low: one(1),
  close: one(1),
  volume: one(0),
});
await store.append(
  "AAA",
  "1h",
  { ...filled, quality: Uint8Array.of(barQuality.filled) },
  { source: "Other", receivedAtMs: laterMs, mayJoin: "any" },
);
await store.close();

function load(more: Partial<BarsRequest>): ReturnType<typeof loadBars> {
  return loadBars({
    folder,
    data: [],
    dataFolder: ".kiwi/data",
    pairs: ["AAA"],
    timeframe: "1h",
    to: undefined,
    csv: kiwiConfigSchema.parse({}).csv,
    seed: 42,
    nowMs: Date.UTC(2026, 0, 1),
    ...more,
  });
}

test("bars are read as they are known now, with where they came from", async () => {
  const { sources, dataKind } = await load({});
  expect(dataKind).toBe("real");
  expect(sources).toHaveLength(1);
  expect(sources[0]).toMatchObject({
    path: join(".kiwi", "data"),
    rowsRead: 51,
    stored: {
      sources: [
        { source: "Venue", bars: 50 },
        { source: "Other", bars: 1 },
      ],
      revised: 1,
      filled: 1,
      receivedToMs: laterMs,
    },
  });
  expect(sources[0]!.bars.close[7]).toBe(changed.close[7]);
  expect(sources[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test("bars that say they arrived in the future are used, with a warning, and not hidden", async () => {
  const store = new ParquetBarStore(join(folder, ".kiwi", "data", "bars"));
  const aheadMs = Date.now() + 40 * 86_400_000;
  await store.append("CCC", "1h", made("CCC", "1h"), { source: "Venue", receivedAtMs: aheadMs });
  await store.close();
  const { sources, warnings } = await load({ pairs: ["CCC"], nowMs: Date.now() });
  expect([sources[0]!.rowsRead, warnings]).toEqual([
    made("CCC", "1h").length,
    [expect.stringMatching(/^CCC: \d+ bars say that they arrived later than now/)],
  ]);
  // Whoever asks for the past gets it.
  await expect(load({ pairs: ["CCC"], asOfMs: Date.now() })).rejects.toThrow("DATA_MISSING");
});

test("a run over bars that are known to be missing says so, and one beside them does not", async () => {
  const store = new ParquetBarStore(join(folder, ".kiwi", "data", "bars"));
  const { closeTimeMs } = hours;
  await store.noteMissing("BBB", "1h", { fromMs: closeTimeMs[3]!, toMs: closeTimeMs[5]! });
  await store.close();
  expect((await load({ pairs: ["BBB"] })).warnings).toEqual([expect.stringContaining("known to be missing")]);
  expect(
    (await load({ pairs: ["BBB"], to: new Date(closeTimeMs[2]!).toISOString().slice(0, 16) })).warnings,
  ).toEqual([]);
});

test("as of a day, and for a run of that day, they are what was known then", async () => {
  const [asOf, ofThatDay, now] = await Promise.all([
    load({ asOfMs: firstMs }),
    load({ nowMs: firstMs }),
    load({}),
  ]);
  expect(asOf.sources[0]!.bars.close).toEqual(hours.close);
  expect(ofThatDay.sources[0]!.sha256).toBe(asOf.sources[0]!.sha256);
  expect(now.sources[0]!.sha256).not.toBe(asOf.sources[0]!.sha256);
  await expect(load({ asOfMs: firstMs - 1 })).rejects.toThrow("DATA_MISSING");
});

test("the timeframe of the run is taken, else the longest that it can be made of, else one is asked for", async () => {
  const timeframeFor = async (timeframe: Timeframe): Promise<string> =>
    (await load({ timeframe })).sources[0]!.bars.timeframe;
  expect(await timeframeFor("4h")).toBe("4h");
  expect(await timeframeFor("1d")).toBe("4h");
  expect(await timeframeFor("2h")).toBe("1h");
  await expect(load({ timeframe: "30m" })).rejects.toThrow("TIMEFRAME_MISSING");
  await expect(load({ timeframe: undefined })).rejects.toThrow("SYMBOL_TWICE");
  expect((await load({ pairs: ["bbb"], timeframe: undefined })).sources[0]!.bars.symbol).toBe("BBB");
});

test("a folder that is named gives all of its symbols, beside other data", async () => {
  const all = await load({ data: [".kiwi/data"], pairs: [] });
  expect(all.sources.map(({ bars }) => bars.symbol)).toEqual(["AAA", "BBB", "CCC"]);
  const both = await load({ data: [".kiwi/data", "synthetic:bars=9"], pairs: ["AAA", "SYN1"] });
  expect(both.sources.map(({ bars }) => bars.symbol)).toEqual(["AAA", "SYN1"]);
  await expect(load({ pairs: ["ABA"] })).rejects.toThrow("SYMBOL_UNKNOWN");
  await expect(load({ pairs: [] })).rejects.toThrow("DATA_NONE");
});

test("the calendar that was kept with bars stays with them, and a configuration overrules it", async () => {
  const store = new ParquetBarStore(dataPathsOf(join(folder, ".kiwi", "data")).bars);
  // The hours of a market that never closes, of a thing that its source calls a US share.
  const provenance = { source: "Venue", receivedAtMs: firstMs, calendarName: "us-equity" };
  await store.append("DDD", "1h", made("DDD", "1h"), provenance);
  await store.close();
  const barsOfPair = async (pair: string): Promise<Bars> => (await load({ pairs: [pair] })).sources[0]!.bars;
  expect(barCalendar(await barsOfPair("DDD")).name).toBe("us-equity");
  expect(barCalendar(await barsOfPair("DDD"), "24/7").name).toBe("24/7");
  expect(barCalendar(await barsOfPair("AAA")).name).toBe("24/7");
});
