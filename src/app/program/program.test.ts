import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { strategy } from "../../ports/strategy.ts";
import { executeRun } from "../runs/execute-run.ts";
import { runProgram } from "./backtest.ts";
import { prepareQuestion } from "./backtest.ts";
import { optimizeProgram } from "./optimize.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const market = syntheticMarket({
  seed: 3,
  symbols: 2,
  timeframe: "1h",
  bars: 900,
  startMs: Date.UTC(2024, 0, 1),
});
const asked = { folder, data: market.bars, isSynthetic: true } as const;

test("a program gets the run that the engine makes of the same bars, with its range, and what it shows says SYNTHETIC", async () => {
  const question = { ...asked, strategy: "sma-cross", config: { from: "2024-01-10" } };
  const answer = await runProgram(question);
  const { setup } = await prepareQuestion(question);
  const own = executeRun(setup, { withBenchmark: false });
  expect(answer.decisionsHash).toBe(own.decisionsHash);
  expect(answer.metrics.totalReturn).toBe(own.metrics.totalReturn);
  expect([answer.equity.length, answer.timeMs[0]]).toEqual([own.log.length, own.log.timeMs[0]]);
  expect(answer.text()).toContain("SYNTHETIC");
  expect(await answer.html()).toContain("</html>");
});

test("every set that was tried counts as a trial, those of a changed strategy too, and a repetition does not", async () => {
  const { path: clean, remove: removeClean } = temporaryFolder();
  const here = { ...asked, folder: clean };
  const { rows, best } = await optimizeProgram({
    ...here,
    strategy: "sma-cross",
    // slow 5 with fast 10 is refused by the strategy's own condition: five sets are left of six.
    grid: { fast: [3, 10], slow: [5, 20, 40] },
    maximize: "totalReturn",
  });
  expect(rows.length).toBe(5);
  expect(rows.map(({ totalReturn }) => totalReturn)).toEqual(
    rows.map(({ totalReturn }) => totalReturn).toSorted((a, b) => b! - a!),
  );
  expect(best.metrics.totalReturn).toBe(rows[0]!.totalReturn);
  expect(best.metrics.trialCount).toBe(5);
  const made = (weight: number) =>
    strategy({
      name: "mine",
      summary: "",
      params: {},
      setup: ({ bars }) => ({ close: bars.close }),
      ...(weight > 0
        ? { onBar: ({ target }) => target(1, "in") }
        : { onBar: ({ target }) => target(0, "out") }),
    });
  expect((await runProgram({ ...here, strategy: made(1) })).metrics.trialCount).toBe(6);
  expect((await runProgram({ ...here, strategy: made(1) })).metrics.trialCount).toBe(6);
  expect((await runProgram({ ...here, strategy: made(0) })).metrics.trialCount).toBe(7);
  removeClean();
});

test("optimize() is the search of the command: formulas, requirements, keys of the configuration and every method", async () => {
  const { path: clean, remove: removeClean } = temporaryFolder();
  const question = {
    ...asked,
    folder: clean,
    strategy: "sma-cross",
    grid: { fast: [3, 5, 10], slow: [20, 40], "costs.latencyMs": [0, 7_200_000] },
    maximize: "totalReturn - 2 * maxDrawdown",
    require: ["trades > 10"],
  } as const;
  const { rows, best } = await optimizeProgram(question);
  expect(rows.length).toBe(12);
  const [first] = rows;
  expect(first!.value).toBeCloseTo(first!.totalReturn! - 2 * first!.maxDrawdown!, 12);
  expect(best.metrics.totalReturn).toBe(first!.totalReturn);
  const refused = rows.filter(({ value }) => value === null);
  for (const { why, trades } of refused) expect([why, trades! <= 10]).toEqual(["trades > 10", true]);
  const late = rows.find(({ settings }) => settings["costs.latencyMs"] !== 0)!;
  const { metrics } = await runProgram({
    ...asked,
    folder: clean,
    strategy: "sma-cross",
    params: late.params,
    config: { costs: { latencyMs: 7_200_000 } },
  });
  expect(metrics.totalReturn).toBe(late.totalReturn);
  const some = await optimizeProgram({ ...question, method: "tpe", trials: 5, seed: 4 });
  expect(some.rows.length).toBe(5);
  for (const row of some.rows) expect(rows).toContainEqual(row);
  await expect(optimizeProgram({ ...question, require: ["trades > 1e6"] })).rejects.toThrow("OBJECTIVE_NONE");
  await expect(optimizeProgram({ ...question, grid: { fats: [3] } })).rejects.toThrow("fats");
  removeClean();
});

const [first] = market.bars as readonly [Bars];
const changed = (field: "close" | "closeTimeMs" | "volume", row: number, value: number): Bars => {
  const columns = { ...first, [field]: first[field].slice() };
  columns[field][row] = value;
  return barsOf("BAD", "1h", columns);
};

test.each([
  ["a close above the high", changed("close", 7, 1e9), "row 7 is no bar"],
  ["a price that is no number", changed("close", 7, Number.NaN), "row 7 is no bar"],
  [
    "a time that stands still",
    changed("closeTimeMs", 7, first.closeTimeMs[6]!),
    "row 7 does not close after",
  ],
  ["a volume below zero", changed("volume", 7, -1), "row 7 has a volume of -1"],
])("a table with %s is refused", async (_what, bars, why) => {
  const question = { ...asked, data: [bars], strategy: "sma-cross" };
  await expect(runProgram(question)).rejects.toMatchObject({
    parts: { code: "BARS_INVALID", why: expect.stringContaining(why) },
  });
});

test("two tables of one symbol and an empty grid are refused", async () => {
  await expect(runProgram({ ...asked, data: [first, first], strategy: "sma-cross" })).rejects.toThrow(
    "BARS_INVALID",
  );
  const grid = { fast: [50], slow: [20] };
  await expect(optimizeProgram({ ...asked, strategy: "sma-cross", grid })).rejects.toThrow("SPACE_EMPTY");
  await expect(optimizeProgram({ ...asked, strategy: "sma-cross", grid: {} })).rejects.toThrow("GRID_EMPTY");
});
