import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, expect, test } from "vitest";
import { triedMarket } from "../../../app/runs/run-hashes.ts";
import { Prng } from "../../../base/prng.ts";
import { dayMs, hourMs } from "../../../base/time.ts";
import { barsOf } from "../../../domain/bars.ts";
import type { TriedMarket } from "./trial-entry.ts";
import { countTrials, hasTrial, recordTrials, resetLedger } from "./trials-ledger.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-ledger-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ledgerAt = (name: string): string => join(folder, name, ".kiwi", "trials.jsonl");
const market = (symbol: string, fromDay: number, toDay: number, timeframe = "1h"): TriedMarket => ({
  symbol,
  timeframe,
  fromMs: fromDay * dayMs,
  toMs: toDay * dayMs,
});
const tried = (markets: readonly TriedMarket[], ...trials: readonly string[]) => ({
  timeMs: 0,
  runId: "r",
  strategy: "s",
  markets,
  trials,
});
const countOn = (path: string, markets: readonly TriedMarket[], ...trials: readonly string[]): number =>
  countTrials(path, { markets, trials }).count;

test("what was tried counts once on every range that overlaps, however often it is run", () => {
  const path = ledgerAt("counts");
  expect(countOn(path, [market("BTCUSDT", 0, 100)], "a")).toBe(1);
  recordTrials(path, tried([market("BTCUSDT", 0, 100)], "a", "b"));
  recordTrials(path, tried([market("BTCUSDT", 0, 100)], "a"));
  // One day less, one bar more, a part of it: the same bars were looked at.
  for (const range of [market("BTCUSDT", 0, 99), market("BTCUSDT", 0, 101), market("BTCUSDT", 60, 90)])
    expect(countOn(path, [range], "c")).toBe(3);
  for (const other of [market("BTCUSDT", 101, 200), market("ETHUSDT", 0, 100)])
    expect(countOn(path, [other], "c")).toBe(1);
  // Longer bars of the same time tell the same, and the same settings on them are another try.
  expect(countOn(path, [market("BTCUSDT", 0, 100, "1d")], "a")).toBe(3);
  expect(countOn(path, [market("ETHUSDT", 0, 100), market("BTCUSDT", 0, 100)], "a")).toBe(2);
});

/** Bars of a walk, and the same walk in longer bars, as another vendor has them, or under another name. */
function walked(symbol: string, seed: number, hours: number, times = 1): TriedMarket {
  const prng = new Prng(seed);
  let price = 100;
  const closes = Array.from({ length: hours }, () => (price *= 1 + 0.01 * prng.normal()));
  const kept = closes.flatMap((close, k) => ((k + 1) % times === 0 ? [[(k + 1) * hourMs, close]] : []));
  const [closeTimeMs, close] = [0, 1].map((at) => Float64Array.from(kept, (row) => row[at]!)) as [
    Float64Array,
    Float64Array,
  ];
  const bars = barsOf(symbol, `${times}h`, {
    closeTimeMs,
    open: close,
    high: close,
    low: close,
    close: close.map((value) => Number((value * 1.0002).toFixed(2))),
    volume: close,
  });
  return triedMarket(bars);
}

test("a file with another name, longer bars and another venue's spelling do not begin the count anew", () => {
  const path = ledgerAt("renamed");
  const hours = 24 * 60;
  for (const trial of ["a", "b"]) recordTrials(path, tried([walked("BTCUSDT", 1, hours)], trial));
  // Its moves are written once, however many lines a search adds.
  expect(readFileSync(path, "utf8").split('"moves":')).toHaveLength(2);
  const renamed = countTrials(path, { markets: [walked("MINE", 1, hours - 48)], trials: ["c"] });
  expect(renamed).toEqual({
    count: 3,
    warnings: [
      "MINE moves as BTCUSDT did: it is taken for the same market, and what was tried there is counted",
    ],
  });
  expect(countOn(path, [walked("XBTUSD", 1, hours, 4)], "a")).toBe(3);
  expect(countOn(path, [walked("XBTUSD", 1, hours, 24)], "c")).toBe(3);
  expect(countOn(path, [walked("ETHUSDT", 2, hours)], "c")).toBe(1);
  // Less than three weeks of days: moves are too few to know a market by.
  expect(countOn(path, [walked("MINE", 1, 24 * 15)], "c")).toBe(1);
});

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was thrown";
}

const edits: readonly (readonly [string, (lines: string[]) => readonly string[], number])[] = [
  ["a digit in a line", (lines) => [lines[0]!, lines[1]!.replace('"b"', '"a"'), lines[2]!], 2],
  ["a line removed", (lines) => [lines[0]!, lines[2]!], 2],
  ["the last line removed", (lines) => lines.slice(0, 2), 3],
  ["two lines exchanged", (lines) => [lines[1]!, lines[0]!, lines[2]!], 1],
  ["a line of one's own", (lines) => ["hello", ...lines], 1],
  ["a line twice", (lines) => [lines[0]!, ...lines], 2],
];

test.each(edits)("%s is refused, with its number", (name, edit, line) => {
  const path = ledgerAt(name);
  for (const trial of ["a", "b", "c"]) recordTrials(path, tried([market("X", 0, 9)], trial));
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  writeFileSync(path, `${edit(lines).join("\n")}\n`);
  const said = `LEDGER_EDITED line ${line} of `;
  expect(codeOf(() => countOn(path, [market("X", 0, 9)], "d"))).toContain(said);
  expect(codeOf(() => recordTrials(path, tried([market("X", 0, 9)], "d")))).toContain(said);
});

test("a ledger that is removed is missed, in every later count", () => {
  const path = ledgerAt("removed");
  recordTrials(path, tried([market("X", 0, 9)], "a", "b"));
  rmSync(path);
  const said = /reset .*: 2 earlier trials are not counted/;
  expect(countTrials(path, { markets: [market("X", 0, 9)], trials: ["c"] }).warnings[0]).toMatch(said);
  recordTrials(path, tried([market("X", 0, 9)], "c"));
  const later = countTrials(path, { markets: [market("X", 0, 9)], trials: ["d"] });
  expect(later.count).toBe(2);
  expect(later.warnings[0]).toMatch(said);
});

test("runs that no ledger counts say that there was one", () => {
  const path = ledgerAt("runs-only");
  mkdirSync(join(dirname(path), "runs", "20260101"), { recursive: true });
  expect(countTrials(path, { markets: [], trials: ["a"] }).warnings[0]).toContain(
    "an unknown number of earlier trials",
  );
});

test("a reset is said for ever, also after the next one", () => {
  const path = ledgerAt("reset");
  recordTrials(path, tried([market("X", 0, 9)], "a", "b", "c"));
  writeFileSync(path, `${readFileSync(path, "utf8")}rubbish\n`);
  resetLedger(path, Date.UTC(2026, 0, 5));
  recordTrials(path, tried([market("X", 0, 9)], "d"));
  resetLedger(path, Date.UTC(2026, 0, 6));
  const { count, warnings } = countTrials(path, { markets: [market("X", 0, 9)], trials: ["e"] });
  expect(count).toBe(1);
  expect(warnings.map((text) => /2026-01-0\d|: \d/g.exec(text)![0])).toEqual(["2026-01-05", "2026-01-06"]);
});

test("a line that a crash cut short counts nothing, hides nothing and is no edit", () => {
  const path = ledgerAt("cut");
  recordTrials(path, tried([market("X", 0, 9)], "a"));
  writeFileSync(path, `${readFileSync(path, "utf8")}{"v":2,"kind":"tri`);
  expect(countOn(path, [market("X", 0, 9)], "b")).toBe(2);
  recordTrials(path, tried([market("X", 0, 9)], "b"));
  expect(countOn(path, [market("X", 0, 9)], "c")).toBe(3);
});

test("lines of a time before they named their bars count everywhere", () => {
  const path = ledgerAt("old");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    '{"runId":"r0","dataHash":"d","trialHash":"a"}\n{"runId":"r1","dataHash":"e","trialHash":"b"}\n',
  );
  expect(countOn(path, [market("X", 0, 9)], "c")).toBe(3);
  recordTrials(path, tried([market("X", 0, 9)], "c"));
  expect(countOn(path, [market("Y", 0, 9)], "d")).toBe(3);
  expect(hasTrial(path, "r1")).toBe(true);
});

test("processes that write at the same time lose nothing, and the chain holds", async () => {
  const path = ledgerAt("many");
  const module = new URL("./trials-ledger.ts", import.meta.url).href;
  const code = `
    const { workerData } = require("node:worker_threads");
    import(${JSON.stringify(module)}).then(({ recordTrials }) => {
      for (let k = 0; k < 25; k++) recordTrials(workerData.path, { ...workerData.entry, trials: [workerData.name + k] });
    });`;
  const workers = ["a", "b", "c"].map(
    (name) =>
      new Promise<void>((done, fail) => {
        new Worker(code, { eval: true, workerData: { path, name, entry: tried([market("X", 0, 9)]) } })
          .on("error", fail)
          .on("exit", () => done());
      }),
  );
  await Promise.all(workers);
  expect(countOn(path, [market("X", 0, 9)], "z")).toBe(76);
});
