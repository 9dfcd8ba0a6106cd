import type { InstrumentIndex } from "../domain/instrument.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Broker } from "../ports/broker.ts";
import type { Pipeline } from "./pipeline.ts";
import type { DecisionRecorder } from "./decision-log/decision-recorder.ts";
import type { OrderTracker } from "./execution/order-tracker.ts";
import type { Plan, PlanOptions } from "./execution/plan.ts";
import type { Portfolio } from "./execution/portfolio.ts";
import type { RiskGate } from "./execution/risk-gate.ts";
import type { StandingTargets } from "./execution/standing-targets.ts";
import type { Resampler } from "./resampler.ts";

/** Everything that a run consists of. Feed and broker make it a backtest, a paper run, or a live one. */
export type Session = {
  readonly broker: Broker;
  readonly portfolio: Portfolio;
  readonly orders: OrderTracker;
  /** What is wanted now, instrument by instrument. */
  readonly targets: StandingTargets;
  readonly resampler: Resampler;
  readonly pipeline: Pipeline;
  readonly risk: RiskGate;
  readonly recorder: DecisionRecorder;
  readonly plan: Plan;
  readonly planOptions: PlanOptions;
  /** Sessions that live through every bar before this one decides; null where one strategy trades alone. */
  readonly followers: Followers | null;
  /** Decisions before this time only warm up. */
  readonly tradeFromMs: number;
  /** Whether bars on which nothing can happen may take the short way; the result is the same. */
  readonly skipQuiet: boolean;
  /** By instrument: from this time on it is only closed; Infinity leaves its position open at the end. */
  readonly endMs: readonly number[];
  /** The earliest of them. */
  readonly firstEndMs: number;
};

/** Strategies that trade in shadows of their own, so that one of them can be chosen. */
export interface Followers {
  /** The shadows of one instrument; each session has that instrument alone. */
  sessionsOf(instrument: InstrumentIndex): readonly Session[];
  /** Measures the shadows when decision bars have closed, before anybody is asked. */
  observe(closed: MarketSlice): void;
  /** The changes of strategy that were decided at `timeMs`. */
  changesAt(timeMs: number): readonly StrategyChange[];
}

/** Another strategy trades an instrument from now on. */
export type StrategyChange = {
  readonly instrument: InstrumentIndex;
  /** Index of the strategy, or -1 for none. */
  readonly to: number;
  readonly runnerUp: number;
  readonly score: number;
  readonly reason: string;
};
