import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Target } from "../domain/target.ts";
import type { RiskAlarm } from "../ports/risk.ts";
import type { OrderTracker } from "./order-tracker.ts";
import type { Portfolio } from "./portfolio.ts";

/** Targets that close everything and withdraw what is on its way: after a breaker tripped, or at the end of a run. */
export function flatTargets(portfolio: Portfolio, orders: OrderTracker, alarm: RiskAlarm): readonly Target[] {
  const reason = alarm.kind === "clear" ? "end of run" : alarm.reason;
  const indices = new Set<number>([...portfolio.ledger.held, ...orders.instrumentsWithOrders()]);
  return [...indices].map((index) => ({
    instrument: index as InstrumentIndex,
    weight: 0,
    reason,
    entry: { kind: "market" },
    protection: {},
    quantity: 0,
    equityWeight: 0,
  }));
}
