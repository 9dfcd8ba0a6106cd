import type { Trade } from "../../domain/trade.ts";
import { csvText, type CsvValue } from "./csv-text.ts";
import { isoText } from "./number-text.ts";
import type { ReportInput } from "./report-input.ts";

const header = [
  "symbol",
  "side",
  "entry_time",
  "exit_time",
  "entry_price",
  "exit_price",
  "quantity",
  "pnl",
  "return_fraction",
  "fees",
  "slippage",
  "mae",
  "mfe",
  "bars_held",
  "entry_reason",
  "exit_reason",
] as const;

/**
 * Closed trades as CSV (RFC 4180), one row each in the order of their exits: ISO times in UTC, numbers to the last
 * bit, money in base currency, `mae` and `mfe` as fractions of the entry price.
 */
export function tradesCsv({ trades, instruments }: ReportInput): string {
  return csvText(
    header,
    trades.map((trade) => rowOf(trade, instruments[trade.instrument]!.symbol)),
  );
}

function rowOf(trade: Trade, symbol: string): readonly CsvValue[] {
  return [
    symbol,
    trade.side,
    isoText(trade.entryTimeMs),
    isoText(trade.exitTimeMs),
    trade.entryPrice,
    trade.exitPrice,
    trade.quantity,
    trade.pnl,
    trade.returnFraction,
    trade.feesPaid,
    trade.slippageCost,
    trade.mae,
    trade.mfe,
    trade.barsHeld,
    trade.entryReason,
    trade.exitReason,
  ];
}
