import type { MarketSlice, SliceBatch } from "../domain/slice.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { decide, emptyDecision } from "./decide.ts";
import { overrule } from "./execution/overrule.ts";
import { planOrders, withdrawAllEntries } from "./execution/plan-orders.ts";
import { LoneSlice } from "./lone-slice.ts";
import type { Followers, Session } from "./session.ts";
import { maySkip, skipQuiet } from "./skip-quiet.ts";

const silence = emptyDecision();
const loneSlice = new LoneSlice();
const heartbeat = new LoneSlice();
/** Rounds of answers at one instant; more would mean that venue and planner answer each other for ever. */
const answerTurnsMax = 8;

/** The life of a bar. Every mode runs this function; only feed and broker differ. */
export function step(session: Session, slice: MarketSlice): void {
  const { broker, orders, portfolio, resampler, pipeline, risk, recorder, followers } = session;

  const reports = broker.advance(slice); // What happened to orders sent on EARLIER slices.
  for (let k = 0; k < reports.length; k++) orders.apply(reports[k]!, portfolio);
  portfolio.mark(slice);
  risk.observe(slice, portfolio); // Breakers first: they may overrule everything below.
  if (followers !== null) lead(followers, slice); // Shadows live through the bar before one of them is chosen.

  const closed = resampler.update(slice); // Null between decision bars.
  if (closed !== null) followers?.observe(closed);
  const decision = closed === null ? silence : decide(pipeline, closed, portfolio, session.tradeFromMs);
  const targets = overrule(session, decision.targets, slice.timeMs);

  const plan = planOrders(session.plan, targets, portfolio, orders, slice.timeMs, session.planOptions);
  if (risk.alarm.kind !== "clear") withdrawAllEntries(plan, orders);
  const review = risk.review(plan, portfolio, orders, slice.timeMs);
  for (let k = 0; k < plan.cancels.length; k++) broker.cancel(plan.cancels[k]!);
  for (let k = 0; k < review.approved.length; k++) {
    orders.track(review.approved[k]!);
    broker.submit(review.approved[k]!);
  }
  recorder.record(slice, reports, decision, targets, plan, review, portfolio, risk, followers);
}

/** Takes the shadows of the instruments of a slice through their bar. */
function lead(followers: Followers, slice: MarketSlice): void {
  for (let k = 0; k < slice.count; k++) {
    const lone = loneSlice.at(slice.timeMs, slice.rows[k]!);
    for (const session of followers.sessionsOf(slice.instruments[k] as InstrumentIndex)) live(session, lone);
  }
}

/**
 * A slice and whatever the venue answers at the same instant: a cancel that is through makes room for what waited for
 * it. A live feed hands over such answers as slices without bars; here they come at once.
 */
export function live(session: Session, slice: MarketSlice): void {
  const { timeMs } = slice;
  step(session, slice);
  for (let turn = 0; session.broker.hasAnswers && turn < answerTurnsMax; turn++)
    step(session, heartbeat.at(timeMs, null));
}

/** Runs every slice of a batch: the synchronous heart, without a promise between two bars. */
export function runBatch(session: Session, batch: SliceBatch): void {
  const canSkip = session.skipQuiet && maySkip(session);
  while (batch.advance()) {
    live(session, batch.slice);
    if (canSkip && batch.nextRow < batch.endRow) skipQuiet(session, batch);
  }
}
