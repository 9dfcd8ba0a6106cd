import { expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { roc } from "../../indicators/roc.ts";
import { portfolioStrategy } from "../../ports/portfolio-strategy.ts";
import { strategy, type AnyStrategy, type TargetOptions } from "../../ports/strategy.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { dailyBars, firstDayMs, runTogether, storyOf } from "../../../test/portfolio-harness.ts";

const firstDay = firstDayMs / dayMs;
/** The k-th day of the bars, from 1. */
const split = (day: number, ratio: number, symbol = "AAA"): CorporateAction => ({
  symbol,
  day: firstDay + day - 1,
  kind: "split",
  ratio,
});
const dividend = (day: number, amount: number, symbol = "AAA"): CorporateAction => ({
  symbol,
  day: firstDay + day - 1,
  kind: "dividend",
  amount,
});

/** Bars whose opens are their own closes: nothing happens inside them. */
function steps(symbol: string, closes: readonly number[]): Bars {
  const bars = new BarTable(symbol, "1d");
  for (const [k, close] of closes.entries())
    bars.append(firstDayMs + (k + 1) * dayMs, close, close, close, close, 1_000);
  return bars;
}

/** Wants what it is told on the first bar it is asked about, and nothing after. */
function once(weight: number, options: Partial<TargetOptions> = {}): AnyStrategy {
  return strategy({
    name: "once",
    summary: "For this test.",
    params: {},
    setup: () => ({}),
    memory: () => ({ isDone: false }),
    onBar({ memory, target }) {
      if (!memory.isDone) target(weight, { reason: "once", ...options });
      memory.isDone = true;
    },
  });
}

test("a holder gets the new shares of a split and loses nothing, and is not sold back to the old number", () => {
  const bars = [steps("AAA", [100, 100, 100, 50, 50, 55, 55])];
  const result = runTogether(buyAndHold, bars, {}, { actions: [split(4, 2)] });
  expect(storyOf(result, ["fill"])).toEqual(["2024-01-02 fill AAA 100@100"]);
  expect([...result.log.equity.subarray(0, 7)]).toEqual([
    10_000, 10_000, 10_000, 10_000, 10_000, 11_000, 11_000,
  ]);
  expect(result.session.portfolio.position(0 as never)).toMatchObject({ quantity: 200, averagePrice: 50 });
});

test("what a reverse split leaves of a lot is paid out in cash", () => {
  // 100 shares at 10 for 3: 30 whole ones of 33.33, a third of a share... at 10 x 3.3 a share.
  const bars = [steps("AAA", [100, 100, 330, 330])];
  const result = runTogether(once(1), bars, {}, { actions: [split(3, 0.3)] });
  // 30 shares exactly: nothing is left over. With 7 shares of 100 (weight 0.07) 2.1 become 2, and 0.1 x 333.33 is paid.
  expect(result.session.portfolio.position(0 as never).quantity).toBe(30);
  const small = runTogether(once(0.07), bars, {}, { actions: [split(3, 0.3)] });
  expect(small.session.portfolio.position(0 as never).quantity).toBe(2);
  expect(small.session.portfolio.cash).toBeCloseTo(10_000 - 700 + (0.1 * 100) / 0.3, 8);
});

test("a dividend is paid to who held at the close before its day, and a short pays it; it is no cost", () => {
  const bars = [steps("AAA", [100, 100, 99, 99])];
  const actions = [dividend(3, 1)];
  const long = runTogether(buyAndHold, bars, {}, { actions });
  expect([...long.log.equity.subarray(0, 4)]).toEqual([10_000, 10_000, 10_000, 10_000]);
  expect(long.session.portfolio.ledger.chargesPaid).toBe(0);
  const short = runTogether(once(-1), bars, {}, { actions });
  expect(short.session.portfolio.cash).toBe(10_000 + 10_000 - 100);
  expect([...short.log.equity.subarray(0, 4)]).toEqual([10_000, 10_000, 10_000, 10_000]);
  // Bought at the open of the day itself: too late.
  const late = runTogether(once(1), [steps("AAA", [100, 100, 99, 99])], {}, { actions: [dividend(2, 1)] });
  expect(late.session.portfolio.cash).toBe(0);
});

test("a dividend belongs to the profit of its trade", () => {
  const bars = [steps("AAA", [100, 100, 99, 99, 99])];
  const config = { execution: { flattenAtEnd: true, rebalanceBand: 0 } };
  const { trades } = runTogether(buyAndHold, bars, config, { actions: [dividend(3, 1)] });
  expect(trades).toHaveLength(1);
  expect(trades[0]!.pnl).toBeCloseTo(0, 10);
});

test("stop and take-profit stay where they were worth through a split, trailing stops and their amounts too", () => {
  const actions = [split(4, 2)];
  const stopped = runTogether(
    once(1, { stopPrice: 90, takeProfitPrice: 120 }),
    [steps("AAA", [100, 100, 100, 50, 46, 44, 44])],
    {},
    { actions },
  );
  expect(storyOf(stopped, ["fill"])).toEqual(["2024-01-02 fill AAA 100@100", "2024-01-06 fill AAA -200@44"]);
  const target = runTogether(
    once(1, { stopPrice: 90, takeProfitPrice: 120 }),
    [steps("AAA", [100, 100, 100, 50, 59, 61, 61])],
    {},
    { actions },
  );
  expect(storyOf(target, ["fill"]).at(-1)).toBe("2024-01-06 fill AAA -200@61");
  const trailed = runTogether(
    once(1, { trail: { kind: "amount", amount: 10 } }),
    [steps("AAA", [100, 100, 100, 50, 52, 48, 46, 46])],
    {},
    { actions },
  );
  // Half of 10 behind the best of 52: 48 is not there yet, 46 is.
  expect(storyOf(trailed, ["fill"]).at(-1)).toBe("2024-01-07 fill AAA -200@46");
});

test("an entry that waits for an old price is withdrawn by a split", () => {
  const bars = [steps("AAA", [100, 100, 100, 50, 50, 50])];
  const result = runTogether(
    once(1, { entry: { kind: "limit", price: 80 } }),
    bars,
    {},
    { actions: [split(4, 2)] },
  );
  expect(storyOf(result, ["fill"])).toEqual([]);
  expect(result.session.orders.instrumentsWithOrders()).toEqual([]);
});

test("signals are those of adjusted prices, sizes and orders those of traded ones", () => {
  const [smooth] = syntheticMarket({
    seed: 3,
    symbols: ["AAA"],
    timeframe: "1d",
    bars: 400,
    startMs: firstDayMs,
  }).bars;
  const raw = new BarTable("AAA", "1d");
  for (let row = 0; row < smooth!.length; row++) {
    const { closeTimeMs, open, high, low, close, volume } = smooth!;
    const factor = row < 150 ? 1 : row < 260 ? 1 / 4 : 10 / 4;
    const at = (column: Float64Array) => column[row]! * factor;
    raw.append(closeTimeMs[row]!, at(open), at(high), at(low), at(close), volume[row]! / factor);
  }
  const actions = [split(151, 4), split(261, 0.1)];
  const config = { instruments: { "*": { lotSize: 1e-8, calendar: "24/7" } }, protection: { stopAtr: 3 } };
  const params = { fast: 5, slow: 20 };
  const acted = runTogether(smaCross, [raw], config, { actions, params });
  const whole = runTogether(smaCross, [smooth!], config, { params });
  const shape = (result: typeof whole) =>
    result.trades.map(({ entryTimeMs, exitTimeMs, exitReason }) => [entryTimeMs, exitTimeMs, exitReason]);
  expect(whole.trades.length).toBeGreaterThan(5);
  expect(shape(acted)).toEqual(shape(whole));
  for (const [k, { pnl, entryPrice, entryTimeMs, exitTimeMs }] of acted.trades.entries()) {
    expect(pnl).toBeCloseTo(whole.trades[k]!.pnl, 0);
    // The price is one that was traded on that day, told in the shares of the trade's end.
    const row = raw.closeTimeMs.indexOf(entryTimeMs);
    const exitRow = raw.closeTimeMs.indexOf(exitTimeMs);
    const ratio = (row < 150 && exitRow >= 150 ? 4 : 1) * (row < 260 && exitRow >= 260 ? 0.1 : 1);
    expect(entryPrice * ratio).toBeGreaterThanOrEqual(raw.low[row]! - 1e-6);
    expect(entryPrice * ratio).toBeLessThanOrEqual(raw.high[row]! + 1e-6);
  }
});

test("an action changes nothing that was decided before its day", () => {
  const tables = syntheticMarket({
    seed: 9,
    symbols: ["AAA", "BBB", "CCC"],
    timeframe: "1d",
    bars: 300,
    startMs: firstDayMs,
  }).bars;
  const rotation = portfolioStrategy({
    name: "rotation",
    summary: "For this test.",
    params: {},
    schedule: "weekly",
    setup: ({ bars, tf }) => ({ strength: roc(bars.close, 20), week: tf("1w").close }),
    onRebalance({ rank, target, closeOthers }) {
      for (const symbol of rank("strength").slice(0, 2)) target(symbol, 0.5, "strong");
      closeOthers("weak");
    },
  });
  const known = [dividend(60, 1, "BBB"), split(120, 2, "CCC")];
  const later = [...known, split(200, 3, "AAA"), dividend(210, 2, "BBB")];
  const until = tables[0]!.closeTimeMs[190]!;
  const cut = tables.map((table) => sliceBars(table, 0, 191));
  const short = storyOf(runTogether(rotation, cut, {}, { actions: known }), [
    "signal",
    "order",
    "fill",
    "charged",
  ]);
  const long = runTogether(rotation, tables, {}, { actions: later });
  expect(storyOf(long, ["signal", "order", "fill", "charged"]).slice(0, short.length)).toEqual(short);
  expect(short.length).toBeGreaterThan(50);
  expect(until).toBeGreaterThan(firstDayMs);
});

test("weekly decisions over adjusted days: a split inside a week does not show", () => {
  const closes = Array.from({ length: 30 }, (_, k) => (k < 17 ? 100 + k : (100 + k) / 2));
  const seen: number[] = [];
  const watcher = strategy({
    name: "watcher",
    summary: "For this test.",
    params: {},
    setup: ({ bars }) => ({ close: bars.close }),
    onBar({ series }) {
      seen.push(series.close.now);
    },
  });
  runTogether(watcher, [dailyBars("AAA", closes)], {}, { actions: [split(18, 2)], timeframe: "1w" });
  // Sundays are the days 7, 14, 21 and 28; the first has no week before it.
  expect(seen).toEqual([113, 120, 127]);
});
