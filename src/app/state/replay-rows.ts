import type { SessionRows } from "../../adapters/stores/state/state-tables.ts";
import type { EventKind } from "../../engine/decision-log/event-table.ts";
import type { Session } from "../../engine/session.ts";

/** What only a session knows that has lived through its journal. */
export type ReplayRows = Pick<SessionRows, "decisions" | "trades" | "equity" | "positions">;

const decisionKinds: ReadonlySet<EventKind> = new Set(["signal", "refused", "trimmed", "alarm", "selection"]);

/** Decisions, trades, equity and holdings of a session at the end of its journal. */
export function replayRows(session: Session): ReplayRows {
  const { instruments } = session.pipeline;
  const symbolOf = (instrument: number): string => instruments[instrument]?.symbol ?? "";
  const { log } = session.recorder;
  const { ledger, trades } = session.portfolio;
  const equity = Array.from({ length: log.length }, (_, row) => ({
    timeMs: log.timeMs[row]!,
    equity: log.equity[row]!,
  }));
  const decisions: SessionRows["decisions"][number][] = [];
  for (let row = 0; row < log.events.length; row++) {
    const { kind, timeMs, instrument, third, text } = log.events.at(row);
    if (!decisionKinds.has(kind)) continue;
    const quantity = kind === "alarm" || kind === "selection" || Number.isNaN(third) ? null : third;
    decisions.push({ timeMs, symbol: symbolOf(instrument), kind, quantity, reason: text });
  }
  return {
    equity,
    decisions,
    trades: trades.closed.map((trade) => ({
      symbol: symbolOf(trade.instrument),
      side: trade.side,
      entryTimeMs: trade.entryTimeMs,
      exitTimeMs: trade.exitTimeMs,
      entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice,
      quantity: trade.quantity,
      pnl: trade.pnl,
      feesPaid: trade.feesPaid,
      entryReason: trade.entryReason,
      exitReason: trade.exitReason,
    })),
    positions: ledger.held.map((instrument) => ({
      symbol: symbolOf(instrument),
      quantity: ledger.quantity[instrument]!,
      lastPrice: finiteOrNull(ledger.lastPrice[instrument]!),
    })),
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
