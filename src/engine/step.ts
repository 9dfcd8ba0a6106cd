import { handedOverMs, type MarketSlice, type SliceBatch } from "../domain/slice.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { ExecutionReport } from "../domain/order.ts";
import type { Target } from "../domain/target.ts";
import { decide } from "./decide.ts";
import { overrule } from "./execution/overrule.ts";
import { clearPlan, type Plan } from "./execution/plan.ts";
import { planOrders, withdrawAllEntries } from "./execution/plan-orders.ts";
import { rankDue } from "./execution/order-of-service.ts";
import type { Review } from "./execution/review.ts";
import { LoneSlice } from "./lone-slice.ts";
import type { Followers, Session } from "./session.ts";
import { emptyDecision } from "./pipeline.ts";
import { maySkip, passQuiet, skipQuiet } from "./skip-quiet.ts";

const silence = emptyDecision();
const loneSlice = new LoneSlice();
const heartbeat = new LoneSlice();
/** Rounds of answers at one instant; more would mean that venue and planner answer each other for ever. */
const answerTurnsMax = 8;

/** The life of a bar. Every mode runs this function; only feed and broker differ. */
export function step(session: Session, slice: MarketSlice): void {
  const { broker, portfolio, resampler, pipeline, risk, recorder, followers } = session;

  const nowMs = handedOverMs(slice);
  const reports = broker.advance(slice); // What happened to orders sent on EARLIER slices.
  for (let k = 0; k < reports.length; k++) hear(session, reports[k]!, nowMs);
  portfolio.mark(slice);
  risk.observe(slice, portfolio); // Breakers first: they may overrule everything below.
  const isMuted = slice.isMuted === true; // Nobody asks a strategy that hung, its shadows neither.
  if (followers !== null && !isMuted) lead(followers, slice); // Shadows live through the bar before one of them is chosen.

  const closed = resampler.update(slice); // Null between decision bars.
  if (closed !== null && !isMuted) followers?.observe(closed);
  const fromMs = slice.isStale === true || isMuted ? Infinity : session.tradeFromMs;
  const decision = closed === null ? silence : decide(pipeline, closed, portfolio, fromMs);
  const targets = overrule(session, decision, slice.timeMs);

  const plan = planStanding(session, targets, slice);
  const review = risk.review(plan, portfolio, session.orders, slice.timeMs);
  send(session, plan, review);
  recorder.record(slice, reports, decision, targets, plan, review, portfolio, risk, followers);
}

/** What a venue tells changes our books first, and then what is still wanted of it. */
function hear({ orders, portfolio, targets }: Session, report: ExecutionReport, nowMs: number): void {
  const order = orders.apply(report, portfolio);
  targets.hear(report, order, portfolio, orders, nowMs);
}

/** Decisions replace what stood; what stands and is not there yet is planned. On old bars nothing is sent. */
function planStanding(session: Session, decided: readonly Target[], slice: MarketSlice): Plan {
  const { targets, portfolio, orders, risk, pipeline, plan } = session;
  for (const target of decided) targets.decide(target, portfolio, orders, slice.timeMs);
  clearPlan(plan);
  if (slice.isStale === true && slice.count > 0) return plan;
  if (targets.dueCount > 1) rankDue(targets, pipeline, portfolio);
  planOrders(plan, targets, pipeline.instruments, portfolio, orders, slice, session.planOptions);
  if (risk.alarm.kind !== "clear") withdrawAllEntries(plan, targets, portfolio, orders);
  return plan;
}

/** Cancels first: what they free is counted when the venue has answered. */
function send({ broker, orders, targets, portfolio }: Session, { cancels }: Plan, review: Review): void {
  const { changed, approved, refused, trimmed } = review;
  for (let k = 0; k < cancels.length; k++) {
    orders.cancelSent(cancels[k]!);
    broker.cancel(cancels[k]!);
  }
  for (let k = 0; k < changed.length; k++) {
    orders.changeSent(changed[k]!);
    broker.modify(changed[k]!);
  }
  for (let k = 0; k < approved.length; k++) {
    orders.track(approved[k]!);
    broker.submit(approved[k]!);
  }
  // What the gate did not let through is not asked for again until the next decision.
  for (let k = 0; k < refused.length; k++) targets.settleFor(refused[k]!.order.instrument, portfolio, orders);
  for (let k = 0; k < trimmed.length; k++) targets.settleFor(trimmed[k]!.order.instrument, portfolio, orders);
}

/** Takes the shadows of the instruments of a slice through their bar: by the short way where nothing happens in it. */
function lead(followers: Followers, slice: MarketSlice): void {
  for (let k = 0; k < slice.count; k++) {
    const row = slice.rows[k]!;
    const lone = loneSlice.at(slice.timeMs, row);
    for (const session of followers.sessionsOf(slice.instruments[k] as InstrumentIndex))
      if (row === 0 || !maySkip(session) || passQuiet(session, row, row + 1) === row) live(session, lone);
  }
}

/**
 * A slice and whatever the venue answers at the same instant: a cancel that is through makes room for what waited for
 * it. A live feed hands over such answers as slices without bars; here they come at once.
 */
export function live(session: Session, slice: MarketSlice): void {
  step(session, slice);
  for (let turn = 0; session.broker.hasAnswers && turn < answerTurnsMax; turn++)
    step(session, heartbeat.after(slice));
}

/** Runs every slice of a batch: the synchronous heart, without a promise between two bars. */
export function runBatch(session: Session, batch: SliceBatch): void {
  const canSkip = maySkip(session);
  while (batch.advance()) {
    live(session, batch.slice);
    if (canSkip && batch.nextRow < batch.endRow) skipQuiet(session, batch);
  }
}
