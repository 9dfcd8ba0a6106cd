import { expect, test } from "vitest";
import { parseCsv } from "../../../test/parse-csv.ts";
import { reportRun } from "../../../test/report-run.ts";
import type { ReportInput } from "./report-input.ts";
import { tradesCsv } from "./trades-csv.ts";

const input = reportRun();

test("trades.csv read back is the trades, to the last bit", () => {
  const [header, ...rows] = parseCsv(tradesCsv(input));
  expect(input.trades.length).toBeGreaterThan(10);
  expect(rows.length).toBe(input.trades.length);
  for (const [k, row] of rows.entries()) {
    const trade = input.trades[k]!;
    const of = (name: string) => row[header!.indexOf(name)]!;
    expect(of("symbol")).toBe("SYN1");
    expect(of("side")).toBe(trade.side);
    expect(Date.parse(of("entry_time"))).toBe(trade.entryTimeMs);
    expect(Date.parse(of("exit_time"))).toBe(trade.exitTimeMs);
    expect(of("entry_time")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(
      ["entry_price", "exit_price", "quantity", "pnl", "return_fraction"].map((name) => Number(of(name))),
    ).toEqual([trade.entryPrice, trade.exitPrice, trade.quantity, trade.pnl, trade.returnFraction]);
    expect(["fees", "slippage", "mae", "mfe", "bars_held"].map((name) => Number(of(name)))).toEqual([
      trade.feesPaid,
      trade.slippageCost,
      trade.mae,
      trade.mfe,
      trade.barsHeld,
    ]);
    expect([of("entry_reason"), of("exit_reason")]).toEqual([trade.entryReason, trade.exitReason]);
  }
});

test("a reason with commas, quotes and line ends stays one field", () => {
  const reason = 'above "fast",\r\nreally';
  const odd: ReportInput = { ...input, trades: [{ ...input.trades[0]!, exitReason: reason }] };
  expect(parseCsv(tradesCsv(odd))[1]!.at(-1)).toBe(reason);
});

test("without trades there is a header and nothing else", () => {
  expect(parseCsv(tradesCsv({ ...input, trades: [] })).length).toBe(1);
});
