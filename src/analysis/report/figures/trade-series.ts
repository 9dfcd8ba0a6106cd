import type { Trade } from "../../../domain/trade.ts";
import type { TradeMarks } from "../chart/time-figure.ts";
import { clipped } from "../number-text.ts";
import { secondsOf, shorter, type TimeAxis } from "./time-model.ts";

/** The trades of one symbol for the price chart: at most `most`, evenly taken where there are more. */
export function tradeSeries(trades: readonly Trade[], axis: TimeAxis, most: number): TradeMarks {
  const every = Math.max(1, Math.ceil(trades.length / most));
  const shown = trades.filter((_, k) => k % every === 0);
  const rowOf = new Map<string, number>();
  const reason = (full: string) => {
    const text = clipped(full);
    if (!rowOf.has(text)) rowOf.set(text, rowOf.size);
    return rowOf.get(text)!;
  };
  return {
    entryS: shown.map((trade) => secondsOf(axis, trade.entryTimeMs)),
    exitS: shown.map((trade) => secondsOf(axis, trade.exitTimeMs)),
    entryPrice: shown.map((trade) => shorter(trade.entryPrice)),
    exitPrice: shown.map((trade) => shorter(trade.exitPrice)),
    side: shown.map((trade) => (trade.side === "long" ? 1 : -1)),
    pnl: shown.map((trade) => Number(trade.pnl.toFixed(2))),
    returnFraction: shown.map((trade) => Number(trade.returnFraction.toPrecision(5))),
    entryReason: shown.map((trade) => reason(trade.entryReason)),
    exitReason: shown.map((trade) => reason(trade.exitReason)),
    reasons: [...rowOf.keys()],
  };
}
