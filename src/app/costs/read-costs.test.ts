import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { barsOf } from "../../domain/bars.ts";
import { hourMs } from "../../base/time.ts";
import { strategy } from "../../ports/strategy.ts";
import { runConfigSchema, type RunConfigInput } from "../config/run-config.ts";
import { costGaps } from "./cost-gaps.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import { costSensitivity } from "../runs/reruns.ts";
import { readCosts } from "./read-costs.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const costsOf = (costs: RunConfigInput["costs"]) => runConfigSchema.parse({ costs }).costs;
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const start = Date.UTC(2024, 0, 1);

test("times are read as people and as venues write them, rows in any order, symbols apart", async () => {
  const fundingFile = write(
    "funding.csv",
    `Time,Value,Symbol\n${start + 16 * hourMs},0.0002,BTC\n2024-01-01T08:00:00.000Z,0.0001,BTC\n${start / 1000},-0.0003,\n`,
  );
  const tables = await readCosts(folder, costsOf({ fundingFile }));
  expect(tables).toEqual({
    funding: {
      BTC: { timeMs: [start + 8 * hourMs, start + 16 * hourMs], rate: [0.0001, 0.0002] },
      "*": { timeMs: [start], rate: [-0.0003] },
    },
  });
  expect(await readCosts(folder, costsOf({}))).toBeUndefined();
});

test.each([
  ["fundingFile", "time,rate\n2024-01-01,1\n", "COLUMNS_MISSING"],
  ["fundingFile", "time,value\n", "FIELD_INVALID"],
  ["fundingFile", "time,value\nyesterday,0.1\n", "FIELD_INVALID"],
  ["borrowFile", "time,value\n2024-01-01,many\n", "FIELD_INVALID"],
  ["borrowFile", "time,value\n2024-01-01,0.1\n2024-01-01,0.2\n", "FIELD_INVALID"],
  ["feeTiersFile", "volume,maker,taker\n0,0.1,5\n", "FIELD_INVALID"],
  ["feeTiersFile", "volume,taker\n0,0.001\n", "COLUMNS_MISSING"],
  ["feeTiersFile", "volume,maker,taker\n", "FIELD_INVALID"],
])("a %s of %j is refused: %s", async (key, text, code) => {
  const file = write("wrong.csv", text);
  await expect(readCosts(folder, costsOf({ [key]: file }))).rejects.toThrow(code);
});

/** Hours at one price, with a strategy that buys on the first, and sells short a day later. */
const closes = new Float64Array(96).fill(100);
const bars = barsOf("AAA", "1h", {
  closeTimeMs: Float64Array.from(closes, (_, k) => start + (k + 1) * hourMs),
  open: closes,
  high: closes,
  low: closes,
  close: closes,
  volume: closes,
});
const turning = strategy({
  name: "turning",
  summary: "",
  params: {},
  setup: ({ bars: own }) => ({ close: own.close }),
  onBar: ({ timeMs, target }) => target(timeMs < start + 24 * hourMs ? 0.5 : -0.5, "by the clock"),
});

async function run(costs: NonNullable<RunConfigInput["costs"]>) {
  const config = runConfigSchema.parse({
    account: { kind: "margin" },
    costs: {
      slippage: { use: "fixed", rate: 0 },
      commission: { use: "rate", rate: 0 },
      borrowRate: 0,
      ...costs,
    },
    risk: { profile: "none" },
  });
  const costTables = await readCosts(folder, config.costs);
  const setup = {
    bars: [bars],
    strategy: turning,
    params: {},
    config,
    ...(costTables ? { costTables } : {}),
  };
  return { setup, result: runBacktest(setup) };
}

test("a run pays the funding, the borrow fees and the tiers of its files, and more where costs are scaled", async () => {
  const [none, funded, lent, tiered] = await Promise.all([
    run({}),
    // Longs pay 1 % at noon of the first day; shorts receive 2 % at noon of the third.
    run({ fundingFile: write("f.csv", "time,value\n2024-01-01T12:00Z,0.01\n2024-01-03T12:00Z,0.02\n") }),
    // 36.5 a year: 10 % a day, on the third day only.
    run({ borrowFile: write("b.csv", "time,value\n2024-01-01,0\n2024-01-03,36.5\n2024-01-04,0\n") }),
    run({ feeTiersFile: write("t.csv", "volume,maker,taker\n0,0.01,0.01\n4000,0,0.001\n") }),
  ]);
  expect(none.result.metrics.chargesPaid).toBe(0);
  // 5,000 long pay 50, and 4,975 short (half of 9,950) receive 99.50.
  expect(funded.result.metrics.chargesPaid).toBeCloseTo(50 - 99.5, 6);
  expect(lent.result.metrics.chargesPaid).toBeCloseTo(500, 6);
  // The first fill, of some 5,000, pays 1 %, and earns the tier of the second, of some 9,900, on the day after.
  const { feesPaid } = tiered.result.metrics;
  expect(feesPaid).toBeGreaterThan(49 + 9);
  expect(feesPaid).toBeLessThan(51 + 11);
  const points = costSensitivity(funded.setup, {});
  const at = (multiple: number) => points.find(({ costMultiple }) => costMultiple === multiple)!.totalReturn!;
  expect(at(0)).toBe(0);
  expect(at(2)).toBeGreaterThan(at(1));
});

test("bars that a history does not cover are named", () => {
  const funding = { AAA: { timeMs: [start + 30 * hourMs, start + 40 * hourMs], rate: [0, 0] } };
  const other = { ...bars, symbol: "BBB" };
  expect(costGaps({ funding }, [bars, other])).toEqual([
    "the funding of AAA is known from 2024-01-02T06:00:00Z on: costs.fundingRate holds before",
    "the funding of AAA is known until 2024-01-02T16:00:00Z: costs.fundingRate holds after",
    "the funding file says nothing of BBB: costs.fundingRate holds",
  ]);
  expect(
    costGaps({ funding: { "*": { timeMs: [start, start + 80 * hourMs], rate: [0, 0] } } }, [bars]),
  ).toEqual([]);
});
