import type { ApprovedOrder, ExecutionReport } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";

/** The venue, simulated or real. Calls return at once; answers arrive through `advance`. */
export interface Broker {
  submit(order: ApprovedOrder): void;
  cancel(order: ApprovedOrder): void;
  /** Gives an order that works other terms or another quantity: `order` is the whole of it under its old number. */
  modify(order: ApprovedOrder): void;
  /**
   * Everything that happened at the venue since the last call, up to and including `slice`, in order.
   * The array is reused: read it before the next call.
   */
  advance(slice: MarketSlice): readonly ExecutionReport[];
  /**
   * Of the rows `from` to `to - 1` of the only instrument, the first whose bar may bring a report, or `to`. The bars
   * before that need not be shown: no price of an order is in reach, and nothing is charged.
   */
  quietUntil(from: number, to: number): number;
  /**
   * True when an answer waits that may change what should be sent: a cancel or a change that is through, or a refusal.
   * Whoever runs the session then steps through a slice without bars at the same instant, as a live feed does.
   */
  readonly hasAnswers: boolean;
}
