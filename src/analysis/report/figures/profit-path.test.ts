import { expect, test } from "vitest";
import { reportRun } from "../../../../test/report-run.ts";
import { profitPath, profitSums } from "./profit-path.ts";

test("profits are added up trade by trade, beginning at nothing", () => {
  expect(profitSums([{ pnl: 10 }, { pnl: -25 }, { pnl: 5 }])).toEqual([0, 10, -15, -10]);
});

test("the table ends with the sum of all trades", () => {
  const { trades } = reportRun({ market: { bars: 9000 }, params: { fast: 2, slow: 5, short: true } });
  const { csv, twin } = profitPath(trades, "USD");
  expect(twin.rows.length).toBeLessThanOrEqual(61);
  expect(csv.rows.at(-1)).toEqual([trades.length, trades.reduce((sum, { pnl }) => sum + pnl, 0)]);
});
