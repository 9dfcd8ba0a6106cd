import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Trade } from "../../domain/trade.ts";
import { tradeMetrics } from "./trade-metrics.ts";

function tradeOf(pnl: number, details: Partial<Trade> = {}): Trade {
  return {
    instrument: 0 as InstrumentIndex,
    side: "long",
    entryTimeMs: 0,
    exitTimeMs: 60_000,
    entryPrice: 100,
    exitPrice: 100 + pnl,
    quantity: 1,
    pnl,
    returnFraction: pnl / 100,
    feesPaid: 0,
    slippageCost: 0,
    mae: 0.01,
    mfe: 0.02,
    barsHeld: 1,
    entryReason: "test",
    exitReason: "test",
    ...details,
  };
}

test("break-even is no win, and the two sides are counted apart", () => {
  const report = tradeMetrics([
    tradeOf(10),
    tradeOf(0),
    tradeOf(-5, { side: "short" }),
    tradeOf(3, { side: "short" }),
    tradeOf(1, { side: "short" }),
  ]);
  expect([report.trades, report.tradesLong, report.tradesShort]).toEqual([5, 2, 3]);
  expect(report.winRate).toBe(0.6);
  expect(report.winRateLong).toBe(0.5);
  expect(report.winRateShort).toBeCloseTo(2 / 3, 15);
  expect([report.grossProfit, report.grossLoss]).toEqual([14, 5]);
  expect(report.profitFactor).toBeCloseTo(14 / 5, 15);
  expect(report.averageLoss).toBe(2.5);
  expect([report.bestTrade, report.worstTrade]).toEqual([10, -5]);
});

test("streaks follow the order of the trades and a break-even trade ends them", () => {
  const report = tradeMetrics([1, 1, 0, 1, -1, -1, -1, 1, -1].map((pnl) => tradeOf(pnl)));
  expect([report.longestWinStreak, report.longestLossStreak]).toEqual([2, 3]);
});

test("lengths and excursions are averaged over the trades", () => {
  const report = tradeMetrics([
    tradeOf(1, { entryTimeMs: 100, exitTimeMs: 200, barsHeld: 1, mae: 0.01, mfe: 0.05 }),
    tradeOf(1, { entryTimeMs: 100, exitTimeMs: 400, barsHeld: 3, mae: 0.02, mfe: 0.07 }),
    tradeOf(1, { entryTimeMs: 100, exitTimeMs: 900, barsHeld: 8, mae: 0.06, mfe: 0 }),
  ]);
  expect([report.averageDurationMs, report.medianDurationMs, report.maxDurationMs]).toEqual([400, 300, 800]);
  expect([report.averageBarsHeld, report.medianBarsHeld, report.maxBarsHeld]).toEqual([4, 3, 8]);
  expect(report.averageMae).toBeCloseTo(0.03, 15);
  expect(report.averageMfe).toBeCloseTo(0.04, 15);
});

test("only wins, only losses and no trades leave the ratios that need both out", () => {
  const wins = tradeMetrics([tradeOf(1), tradeOf(2)]);
  expect([wins.profitFactor, wins.payoffRatio, wins.kelly, wins.expectancyRatio]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect([wins.winRate, wins.expectancy]).toEqual([1, 1.5]);
  const losses = tradeMetrics([tradeOf(-1), tradeOf(-2)]);
  expect([losses.profitFactor, losses.payoffRatio, losses.kelly]).toEqual([0, null, null]);
  expect([losses.expectancyRatio, losses.winRate]).toEqual([-1, 0]);
  const { trades, tradesLong, tradesShort, grossProfit, grossLoss, ...rest } = tradeMetrics([]);
  expect([trades, tradesLong, tradesShort, grossProfit, grossLoss]).toEqual([0, 0, 0, 0, 0]);
  const { longestWinStreak, longestLossStreak, sqnReliable, ...missing } = rest;
  expect([longestWinStreak, longestLossStreak, sqnReliable]).toEqual([0, 0, false]);
  expect(Object.values(missing).every((value) => value === null)).toBe(true);
});

test("SQN needs two trades that differ, and thirty to be relied on", () => {
  expect(tradeMetrics([tradeOf(5)]).sqn).toBeNull();
  expect(tradeMetrics([tradeOf(5), tradeOf(5)]).sqn).toBeNull();
  const many = Array.from({ length: 30 }, (_, i) => tradeOf(i % 3));
  expect(tradeMetrics(many).sqnReliable).toBe(true);
  expect(tradeMetrics(many.slice(1)).sqnReliable).toBe(false);
});

test("expectancy, its ratio and Kelly are one number on three scales", () => {
  const pnls = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pnls, (values) => {
      const report = tradeMetrics(values.map((pnl) => tradeOf(pnl)));
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(report.expectancy).toBeCloseTo(mean, 10);
      if (report.expectancyRatio !== null) {
        expect(report.expectancyRatio * report.averageLoss!).toBeCloseTo(mean, 9);
      }
      if (report.kelly !== null) expect(report.kelly * report.averageWin!).toBeCloseTo(mean, 9);
      const wins = (report.winRate ?? 0) * (report.averageWin ?? 0);
      expect(wins - (1 - report.winRate!) * (report.averageLoss ?? 0)).toBeCloseTo(mean, 9);
    }),
    { seed: 58 },
  );
});
