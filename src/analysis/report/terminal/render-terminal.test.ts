import { expect, test } from "vitest";
import { refusedRun, reportRun } from "../../../../test/report-run.ts";
import type { ReportInput } from "../report-input.ts";
import { renderTerminal } from "./render-terminal.ts";

const input = reportRun();
const many = reportRun({
  market: { symbols: 12, bars: 400, timeframe: "1d" },
  config: { account: { cash: 1e9 } },
});
const tiny = reportRun({ market: { bars: 12 }, params: { fast: 2, slow: 3, short: false } });
const escapeCodes = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, "g");

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.replace(escapeCodes, "").length));
}

test("no line is longer than the terminal, whatever the run and the width", () => {
  const runs: readonly ReportInput[] = [input, many, tiny, refusedRun(), reportRun({ withBenchmark: false })];
  for (const run of runs) {
    for (const width of [60, 72, 80, 100]) {
      for (const color of [false, true])
        expect(widest(renderTerminal(run, { width, color }))).toBeLessThanOrEqual(width);
    }
    expect(widest(renderTerminal(run))).toBeLessThanOrEqual(80);
  }
});

test("a label that is longer than its column keeps a space before its dates", () => {
  expect(renderTerminal(input, { width: 60 })).toMatch(/^ {2}peak to trough \d{4}-/m);
});

test("a run without trades prints every gate on a line of its own", () => {
  const text = renderTerminal(refusedRun());
  expect(text).toContain("FUNNEL");
  expect(text).toMatch(/^ +1,500 {2}bars$/m);
  expect(text).toMatch(/^ +\d+ {4}- refused by notional-min/m);
  expect(text).toMatch(/^ +0 {2}closed trades$/m);
  expect(text).toMatch(/VERDICT {2}No trade was closed/);
});

test("a run with trades prints the funnel in short", () => {
  const text = renderTerminal(input);
  expect(text).not.toContain("FUNNEL");
  expect(text).toMatch(/^Funnel {3}1,500 bars > 1,500 decisions/m);
});

test("what does not exist is n/a", () => {
  const text = renderTerminal(refusedRun());
  for (const label of ["Sharpe", "Sortino", "Win rate", "Profit factor", "Expectancy"])
    expect(text).toMatch(new RegExp(`^${label} +n/a`, "m"));
  expect(text + renderTerminal(tiny)).not.toMatch(/NaN|undefined|Infinity/);
});

test("what a person must know is there: parameters, data kind, seed, conventions, costs, warnings", () => {
  const text = renderTerminal(input);
  for (const part of [
    "sma-cross: fast 10, slow 30, short false",
    "SYN1 · 1h · 2023-01-03 to 2023-03-05",
    "SYNTHETIC data · seed 42 · run run-1",
    "n = 62 in 0.17 years from the first possible decision, N = 369.97 a year, rf = 0 % a year",
    "commission rate 0.1 %; slippage fixed 0.05 %",
    "Warning  a warning",
    "Simulated.",
  ])
    expect(text.replaceAll(/\n {9}/g, " ")).toContain(part);
});

test("colour is only there when asked for, and the words are the same", () => {
  const plain = renderTerminal(input, { color: false });
  const painted = renderTerminal(input, { color: true });
  expect(plain).not.toMatch(escapeCodes);
  expect(painted).not.toBe(plain);
  expect(painted.replace(escapeCodes, "")).toBe(plain);
});
