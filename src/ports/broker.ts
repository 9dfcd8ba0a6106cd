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
  /** True when nothing can be reported before another order is submitted: no order works, nothing is charged. */
  readonly isIdle: boolean;
  /**
   * True when an answer waits that may change what should be sent: a cancel or a change that is through, or a refusal.
   * Whoever runs the session then steps through a slice without bars at the same instant, as a live feed does.
   */
  readonly hasAnswers: boolean;
}
