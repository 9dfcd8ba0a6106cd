import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Session } from "../../engine/session.ts";
import type { ExplainedOrder } from "./explanation.ts";

/** An order as it was sent. */
export type SentOrder = Omit<ExplainedOrder, "outcome">;

/** The orders that the last step sent for an instrument: those that carry its time. */
export function ordersOf({ orders, recorder }: Session, instrument: number): readonly SentOrder[] {
  const nowMs = recorder.log.timeMs[recorder.log.length - 1]!;
  return orders
    .open(instrument as InstrumentIndex)
    .filter(({ request }) => request.requestedMs === nowMs)
    .map(({ request: { id, side, quantity, terms, reason } }) => ({ id, side, quantity, terms, reason }));
}
