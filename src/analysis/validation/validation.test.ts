import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { dayMs } from "../../base/time.ts";
import { barsOf } from "../../domain/bars.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Trade } from "../../domain/trade.ts";
import { chooseAndJudge, joinedReturns, pathReturns } from "./choose-and-judge.ts";
import { byRegime, byYear } from "./period-groups.ts";
import { permutedBars } from "./permuted-bars.ts";
import { purgedSplits, walkForwardSplits } from "./period-splits.ts";
import { randomEntries, tradeOrders } from "./trade-chance.ts";

test("splits test every period equally often, and none stands on both sides or within a gap (seeds of fast-check)", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 40, max: 200 }),
      fc.integer({ min: 2, max: 7 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      (periods, groups, purge, embargo) => {
        const tests = Math.max(1, Math.floor(groups / 2));
        const splits = purgedSplits(periods, groups, tests, { purge, embargo });
        const tested = new Int32Array(periods);
        for (const { train, test: judged } of splits) {
          for (const row of judged) tested[row]! += 1;
          const isJudged = new Set(judged);
          for (const row of train) {
            // Within `purge` before a test and within `embargo` after one there is no training.
            for (let k = 0; k <= purge; k++) expect(isJudged.has(row + k)).toBe(false);
            for (let k = 0; k <= embargo; k++) expect(isJudged.has(row - k)).toBe(false);
          }
        }
        expect(new Set(tested).size).toBe(1);
      },
    ),
    { numRuns: 40 },
  );
});

test("nine parts of which five are tested are 126 splits and 70 paths", () => {
  // C(9, 5) = 126; each part is tested in C(8, 4) = 70 of them.
  const trials = [0, 1].map((seed) => {
    const prng = new Prng(seed);
    return Float64Array.from({ length: 90 }, () => prng.normal());
  });
  const splits = purgedSplits(90, 9, 5, { purge: 0, embargo: 0 });
  expect(splits.length).toBe(126);
  const paths = pathReturns(trials, splits, chooseAndJudge(trials, splits), 9);
  expect(paths.length).toBe(70);
  for (const path of paths)
    for (const [k, value] of path.entries()) expect([trials[0]![k], trials[1]![k]]).toContain(value);
});

test("a walk forward chooses on nothing that comes later", () => {
  for (const isAnchored of [true, false]) {
    const splits = walkForwardSplits(70, 6, isAnchored, 2);
    expect(splits.map(({ test: { length } }) => length)).toEqual([10, 10, 10, 10, 10, 10]);
    for (const { train, test: judged } of splits) {
      expect(Math.max(...train)).toBeLessThan(judged[0]! - 2);
      expect(train[0]).toBe(isAnchored ? 0 : judged[0]! - 10);
    }
  }
  // The first is better in the first half, the second in the rest: a walk learns it with a delay.
  const better = (from: number, to: number) =>
    Float64Array.from({ length: 70 }, (_, k) => (k >= from && k < to ? 0.02 : -0.01) + (k % 2) / 1_000);
  const trials = [better(0, 35), better(35, 70)];
  const splits = walkForwardSplits(70, 6, false, 0);
  const judged = chooseAndJudge(trials, splits);
  expect(judged.map(({ trial }) => trial)).toEqual([0, 0, 0, 0, 1, 1]);
  expect(joinedReturns(trials, splits, judged).length).toBe(60);
});

const bars = (closes: readonly number[]) => {
  const close = Float64Array.from(closes);
  return barsOf("X", "1d", {
    closeTimeMs: Float64Array.from(closes, (_, k) => (k + 1) * dayMs),
    open: close.map((value, k) => (k === 0 ? value : close[k - 1]! * 1.001)),
    high: close.map((value, k) => Math.max(value, (close[k - 1] ?? value) * 1.001) * 1.01),
    low: close.map((value, k) => Math.min(value, (close[k - 1] ?? value) * 1.001) * 0.99),
    close,
    volume: close.map((_, k) => k),
  });
};

test("permuted bars hold the same moves in another order, and end where they ended", () => {
  const prng = new Prng(4);
  const closes = [100];
  for (let k = 1; k < 300; k++) closes.push(closes[k - 1]! * (1 + 0.02 * prng.normal()));
  const [before, after] = [bars(closes), permutedBars(bars(closes), prng)];
  expect(after.close[299]! / before.close[299]!).toBeCloseTo(1, 9);
  const moves = (table: typeof before) =>
    [...table.close].slice(1).map((close, k) => Number((close / table.close[k]!).toFixed(9)));
  expect(moves(after).toSorted((a, b) => a - b)).toEqual(moves(before).toSorted((a, b) => a - b));
  expect(moves(after)).not.toEqual(moves(before));
  for (let row = 0; row < 300; row++) {
    expect(after.high[row]!).toBeGreaterThanOrEqual(Math.max(after.open[row]!, after.close[row]!));
    expect(after.low[row]!).toBeLessThanOrEqual(Math.min(after.open[row]!, after.close[row]!));
  }
});

const trade = (pnl: number, entry: number, exit: number, barsHeld = 1): Trade => ({
  instrument: 0 as InstrumentIndex,
  side: "long",
  entryTimeMs: 0,
  exitTimeMs: dayMs,
  entryPrice: entry,
  exitPrice: exit,
  quantity: 1,
  pnl,
  returnFraction: exit / entry - 1,
  feesPaid: 0,
  slippageCost: 0,
  mae: 0,
  mfe: 0,
  barsHeld,
  entryReason: "",
  exitReason: "",
});

test("orders of the same trades: those that only win never fall, and few trades are N/A", () => {
  const winners = Array.from({ length: 20 }, () => trade(10, 100, 101));
  const orders = tradeOrders(winners, 1_000, new Prng(1), 200)!;
  expect([orders.drawdown, orders.drawdown95]).toEqual([0, 0]);
  // 20 times 1 % of the start, without reinvesting.
  expect(orders.fan.every(({ path }) => Math.abs(path.at(-1)! - 1.2) < 1e-12)).toBe(true);
  expect(tradeOrders(winners.slice(0, 9), 1_000, new Prng(1), 200)).toBeNull();
  // Ten losses of 5 % and ten wins of 5 %: at worst all losses first, and with luck none in a row.
  const mixed = Array.from({ length: 20 }, (_, k) => trade(k % 2 === 0 ? -50 : 50, 100, 100));
  const found = tradeOrders(mixed, 1_000, new Prng(1), 500)!;
  expect(found.drawdown).toBeCloseTo(0.05, 12);
  expect(found.drawdown95).toBeGreaterThan(found.drawdownMedian);
  // The order changes nothing about the sum: one large win among small losses is in every order, once.
  const lonely = Array.from({ length: 12 }, (_, k) => trade(k === 0 ? 110 : -10, 100, 100));
  const orders12 = tradeOrders(lonely, 1_000, new Prng(2), 300)!;
  for (const { path } of orders12.fan) expect(path.at(-1)).toBeCloseTo(1, 12);
  // Eleven losses of 1 % in a row at most: 11 % below the start where the win comes last.
  expect(orders12.drawdown95).toBeLessThanOrEqual(0.11 + 1e-12);
});

test("entering at random makes as much as a strategy that is merely in a rising market, and less than one that knows", () => {
  const prng = new Prng(8);
  const closes = [100];
  for (let k = 1; k < 500; k++) closes.push(closes[k - 1]! * (1.001 + 0.01 * prng.normal()));
  const table = bars(closes);
  const at = (rows: readonly number[]) => rows.map((row) => trade(1, closes[row]!, closes[row + 5]!, 5));
  const blind = Array.from({ length: 40 }, (_, k) => k * 12);
  const knowing = blind.map(
    (row) =>
      [row, row + 1, row + 2, row + 3].toSorted(
        (a, b) => closes[b + 5]! / closes[b]! - closes[a + 5]! / closes[a]!,
      )[0]!,
  );
  const random = new Prng(3);
  expect(randomEntries(at(blind), [table], random, 500)!.probability).toBeGreaterThan(0.05);
  expect(randomEntries(at(knowing), [table], random, 500)!.probability).toBeLessThan(0.02);
  expect(randomEntries(at(blind.slice(0, 9)), [table], random, 500)).toBeNull();
});

test("years and markets share the periods out, and no period is judged by what came after it", () => {
  const returns = Float64Array.from({ length: 400 }, (_, k) => (k % 3) / 1_000);
  const ends = returns.map((_, k) => Date.UTC(2023, 0, 1) + k * dayMs);
  const years = byYear(returns, ends, 365);
  expect(years.map(({ name, periods }) => [name, periods])).toEqual([
    ["2023", 365],
    ["2024", 35],
  ]);
  const prng = new Prng(2);
  const market = Float64Array.from({ length: 401 }, () => 100 + prng.next());
  const changed = market.map((close, k) => (k > 300 ? close * 3 : close));
  const periods = (closes: Float64Array) => byRegime(returns.subarray(0, 250), closes.subarray(0, 251), 365);
  expect(periods(market)).toEqual(periods(changed));
  expect(byRegime(returns, market, 365).reduce((sum, group) => sum + group.periods, 0)).toBe(400);
});
