import { expect, test } from "vitest";
import { reportRun } from "../../../../test/report-run.ts";
import { tradeGroups } from "./trade-groups.ts";

const { trades } = reportRun({ market: { symbols: 3, bars: 800 }, config: { account: { cash: 1e6 } } });

test("groups add up to all trades, the largest first", () => {
  const groups = tradeGroups(trades, (trade) => String(trade.instrument));
  expect(groups.reduce((sum, group) => sum + group.trades, 0)).toBe(trades.length);
  expect(groups.reduce((sum, group) => sum + group.pnl, 0)).toBeCloseTo(
    trades.reduce((sum, trade) => sum + trade.pnl, 0),
    6,
  );
  expect(groups.map((group) => group.trades)).toEqual(
    groups.map((group) => group.trades).toSorted((a, b) => b - a),
  );
});

test("the numbers of a group are those of its trades alone", () => {
  const [group] = tradeGroups(trades.slice(0, 2), () => "both");
  const [a, b] = trades as [(typeof trades)[0], (typeof trades)[0]];
  expect(group!.averageReturn).toBeCloseTo((a.returnFraction + b.returnFraction) / 2, 12);
  expect(group!.winRate).toBe(((a.pnl > 0 ? 1 : 0) + (b.pnl > 0 ? 1 : 0)) / 2);
  expect(group!.fees).toBeCloseTo(a.feesPaid + a.slippageCost + b.feesPaid + b.slippageCost, 9);
});
