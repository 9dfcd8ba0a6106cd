import type { MarketSlice, SliceBatch } from "../domain/slice.ts";
import type { Broker } from "../ports/broker.ts";
import type { Feed } from "../ports/feed.ts";
import { decide, emptyDecision, type Pipeline } from "./decide.ts";
import { flatTargets } from "./flat-targets.ts";
import type { Journal } from "./journal/journal.ts";
import type { OrderTracker } from "./order-tracker.ts";
import { maySkip, skipQuiet } from "./skip-quiet.ts";
import { planOrders, type Plan, type PlanOptions } from "./plan-orders.ts";
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
  /** From this time on everything is closed; Infinity leaves positions open at the end. */
  readonly flattenFromMs: number;
};

const silence = emptyDecision();

/** The life of a bar. Every mode runs this function; only feed and broker differ. */
export function step(session: Session, slice: MarketSlice): void {
  const { broker, orders, portfolio, resampler, pipeline, risk, journal } = session;

  const reports = broker.advance(slice); // What happened to orders sent on EARLIER slices.
  for (let k = 0; k < reports.length; k++) orders.apply(reports[k]!, portfolio);
  portfolio.mark(slice);
  risk.observe(slice, portfolio); // Breakers first: they may overrule everything below.

  const closed = resampler.update(slice); // Null between decision bars.
  const decision = closed === null ? silence : decide(pipeline, closed, portfolio);
  const isFlattening = risk.alarm.kind === "flatten" || slice.timeMs >= session.flattenFromMs;
  const targets = isFlattening
    ? flatTargets(portfolio, orders, risk.alarm)
    : slice.timeMs < session.tradeFromMs
      ? silence.targets
      : decision.targets;

  const plan = planOrders(session.plan, targets, portfolio, orders, slice.timeMs, session.planOptions);
  const review = risk.review(plan.orders, portfolio, orders, slice.timeMs);
  for (let k = 0; k < plan.cancels.length; k++) broker.cancel(plan.cancels[k]!);
  for (let k = 0; k < review.approved.length; k++) {
    orders.track(review.approved[k]!);
    broker.submit(review.approved[k]!);
  }
  journal.record(slice, reports, decision, targets, plan, review, portfolio, risk);
}

/** Runs every slice of a batch: the synchronous heart, without a promise between two bars. */
export function runBatch(session: Session, batch: SliceBatch): void {
  const canSkip = session.skipQuiet && maySkip(session);
  while (batch.advance()) {
    step(session, batch.slice);
    if (canSkip && batch.nextRow < batch.endRow) skipQuiet(session, batch);
  }
}

/** Runs a feed to its end. */
export async function run(session: Session, feed: Feed): Promise<void> {
  for await (const batch of feed) runBatch(session, batch);
}
