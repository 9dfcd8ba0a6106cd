import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeBars } from "../../../test/write-bars.ts";
import { barsOf, sliceBars, type Bars } from "../../domain/bars.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import { findDataFiles } from "./find-data-files.ts";
import type { BarsRequest } from "./bars-request.ts";
import { loadBars } from "./load-bars.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-bars-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function made(symbol: string, timeframe: Timeframe, bars = 60): Bars {
  const startMs = Date.UTC(2024, 0, 1);
  const market = syntheticMarket({ seed: 1, symbols: [symbol], timeframe, bars, startMs });
  return market.bars[0]!;
}
writeBars(folder, made("AAA", "1h"));
writeBars(folder, made("AAA", "5m"));
writeBars(folder, made("BBB", "1h", 90));

function load(more: Partial<BarsRequest>): ReturnType<typeof loadBars> {
  return loadBars({
    folder,
    data: ["."],
    pairs: [],
    timeframe: undefined,
    to: undefined,
    csv: kiwiConfigSchema.parse({}).csv,
    seed: 42,
    nowMs: Date.UTC(2026, 0, 1),
    ...more,
  });
}

test("of a folder only the symbols asked for are read, however they are spelt", async () => {
  const files = await findDataFiles(folder, ["."], ["b/bb"], undefined, false);
  expect(files.map(({ path }) => basename(path))).toEqual(["BBB-1h.csv"]);
  const { sources } = await load({ pairs: ["b/bb"] });
  expect(sources.map(({ path, bars }) => [path, bars.symbol, bars.length])).toEqual([
    ["BBB-1h.csv", "BBB", 90],
  ]);
  await expect(load({ pairs: ["ABB"] })).rejects.toThrow("SYMBOL_UNKNOWN");
});

test("who gives a parameter where symbols belong is told the flag of parameters", async () => {
  await expect(load({ pairs: ["fast=20"] })).rejects.toMatchObject({
    parts: { fix: expect.stringContaining("--param fast=20") as string },
  });
});

test("a symbol in two timeframes is refused, and the timeframe of the run chooses one", async () => {
  await expect(load({})).rejects.toThrow("SYMBOL_TWICE");
  const { sources } = await load({ timeframe: "1h" });
  expect(sources.map(({ bars }) => `${bars.symbol} ${bars.timeframe}`)).toEqual(["AAA 1h", "BBB 1h"]);
});

test("the bar that closes at the end of the range is the last one; a symbol without bars is left out and named", async () => {
  const late = made("CCC", "1h");
  const lateFile = writeBars(
    folder,
    barsOf("CCC", "1h", { ...late, closeTimeMs: late.closeTimeMs.map((timeMs) => timeMs + 1e9) }),
    "late.csv",
  );
  const toMs = Date.UTC(2024, 0, 2);
  const { sources, warnings } = await load({ data: ["AAA-1h.csv", lateFile], to: "2024-01-02" });
  expect(sources).toHaveLength(1);
  expect(sources[0]!.bars.closeTimeMs.at(-1)).toBe(toMs);
  expect(sources[0]!.bars.length).toBe(24);
  expect(warnings.join()).toContain("late.csv was left out");
  await expect(load({ data: ["AAA-1h.csv"], to: "2024-01-01T01:00" })).rejects.toThrow("DATA_MISSING");
  rmSync(lateFile);
});

test("made-up bars are marked, follow the seed, and are described whole by their path", async () => {
  const path = "synthetic:symbols=2,timeframe=4h,bars=50,start=2020-01-01";
  const [one, same, other] = await Promise.all([
    load({ data: [path] }),
    load({ data: [path] }),
    load({ data: [path], seed: 7 }),
  ]);
  expect(one.dataKind).toBe("synthetic");
  expect(one.sources.map(({ bars }) => [bars.symbol, bars.timeframe, bars.length])).toEqual([
    ["SYN1", "4h", 50],
    ["SYN2", "4h", 50],
  ]);
  expect(one.sources[0]!.bars.close).toEqual(same.sources[0]!.bars.close);
  expect(one.sources[0]!.bars.close).not.toEqual(other.sources[0]!.bars.close);
  await expect(load({ data: ["synthetic:bras=5"] })).rejects.toThrow("SYNTHETIC_INVALID");
  await expect(load({ data: ["synthetic:regimes=cloudy"] })).rejects.toThrow("SYNTHETIC_INVALID");
  await expect(load({ data: ["synthetic:bars=many"] })).rejects.toThrow("SYNTHETIC_INVALID");
});

test("no data at all is said so", async () => {
  await expect(load({ data: [] })).rejects.toThrow("DATA_NONE");
  await expect(load({ data: ["nowhere.csv"] })).rejects.toThrow("FILE_NOT_FOUND");
});

test("monthly archives of one symbol are one series, in any order, and a bar in two of them counts once", async () => {
  const inside = mkdtempSync(join(folder, "archives-"));
  const whole = made("DDD", "1h", 72);
  for (const [name, from, to] of [
    ["DDD-1h-2024-02.csv", 30, 72],
    ["DDD-1h-2024-01.csv", 0, 29],
    ["DDD-1h-2024-03.csv", 29, 31],
  ] as const)
    writeBars(inside, sliceBars(whole, from, to), name);
  const { sources, warnings } = await load({ data: [inside] });
  expect(sources.map(({ bars, rowsRead }) => [bars.symbol, bars.length, rowsRead])).toEqual([
    ["DDD", 72, 73],
  ]);
  const [source] = sources;
  expect(source!.bars.closeTimeMs).toEqual(whole.closeTimeMs.slice(0, 72));
  expect(source!.bars.close).toEqual(whole.close.slice(0, 72));
  expect(source!.detected!.notes.at(-1)).toContain("joined from 3 files");
  expect(warnings).toEqual([]);
  // Two opinions about one hour.
  const other = sliceBars(whole, 10, 20);
  other.close[3] = other.low[3]!;
  writeBars(inside, other, "DDD-1h-2024-04.csv");
  await expect(load({ data: [inside] })).rejects.toThrow(/SYMBOL_TWICE .*other values/);
});

test("an archive of one bar is a part of a series", async () => {
  const inside = mkdtempSync(join(folder, "days-"));
  const whole = made("EEE", "1d", 5);
  for (let day = 0; day < 5; day++)
    writeBars(inside, sliceBars(whole, day, day + 1), `EEE-1d-2024-01-0${day + 1}.csv`);
  const { sources } = await load({ data: [inside] });
  expect(sources.map(({ bars }) => bars.length)).toEqual([5]);
});
