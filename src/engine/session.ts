import type { Broker } from "../ports/broker.ts";
import type { Pipeline } from "./decide.ts";
import type { Journal } from "./journal/journal.ts";
import type { OrderTracker } from "./order-tracker.ts";
import type { Plan, PlanOptions } from "./plan-orders.ts";
import type { Portfolio } from "./portfolio.ts";
import type { Resampler } from "./resampler.ts";
import type { RiskGate } from "./risk-gate.ts";

/** Everything that a run consists of. Feed and broker make it a backtest, a paper run, or a live one. */
export type Session = {
  readonly broker: Broker;
  readonly portfolio: Portfolio;
  readonly orders: OrderTracker;
  readonly resampler: Resampler;
  readonly pipeline: Pipeline;
  readonly risk: RiskGate;
  readonly journal: Journal;
  readonly plan: Plan;
  readonly planOptions: PlanOptions;
  /** Decisions before this time only warm up. */
  readonly tradeFromMs: number;
  /** Whether bars on which nothing can happen may take the short way; the result is the same. */
  readonly skipQuiet: boolean;
  /** By instrument: from this time on it is only closed; Infinity leaves its position open at the end. */
  readonly endMs: readonly number[];
  /** The earliest of them. */
  readonly firstEndMs: number;
};
