import type { Session } from "../../engine/session.ts";

/** Where decisions ended: from bars to trades, with every gate that said no. */
export type Funnel = {
  readonly decisions: number;
  readonly warmingUp: number;
  readonly silent: number;
  readonly signals: number;
  /** Signals that changed nothing: the holding was close enough. */
  readonly unchanged: number;
  /** Orders that a rule refused and signals that the sizer gave nothing to, by rule and reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly orders: number;
  readonly fills: number;
  /** Canceled, rejected and expired orders by reason. */
  readonly unfilled: Readonly<Record<string, number>>;
  readonly trades: number;
};

/** Counts what became of every decision of a session. */
export function funnelOf(session: Session): Funnel {
  const { recorder, portfolio } = session;
  const { events } = recorder.log;
  const signals = events.count("signal");
  const unfilled = new Map<string, number>();
  for (const kind of ["canceled", "rejected", "expired"] as const) {
    for (const [reason, count] of events.countsOf(kind)) unfilled.set(`${kind}: ${reason}`, count);
  }
  return {
    decisions: recorder.warmingUp + recorder.silent + signals,
    warmingUp: recorder.warmingUp,
    silent: recorder.silent,
    signals,
    unchanged: recorder.unchanged,
    refused: Object.fromEntries([...events.countsOf("refused"), ...(session.pipeline.sizer.refusals ?? [])]),
    orders: events.count("order"),
    fills: events.count("fill"),
    unfilled: Object.fromEntries(unfilled),
    trades: portfolio.trades.closed.length,
  };
}
