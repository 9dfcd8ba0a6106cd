import type { Clock } from "../../ports/clock.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";

/** What every face is made from. */
export type FaceTools = {
  readonly exchange: Exchange;
  readonly faults: FaultPlan;
  /** The clock of the wire: signatures, limits and the server's time. Orders and bars carry the market's time. */
  readonly clock: Clock;
  /** Says that a stream of market data was opened (1) or closed (-1). */
  readonly watch: (change: 1 | -1) => void;
};
