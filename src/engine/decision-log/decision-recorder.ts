import { SeenNumbers } from "../../base/seen-numbers.ts";
import type { Bars } from "../../domain/bars.ts";
import { signOf, type ApprovedOrder, type ExecutionReport, type OrderTerms } from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { Target } from "../../domain/target.ts";
import type { Decision } from "../pipeline.ts";
import type { Opinion } from "../runner.ts";
import type { Followers } from "../session.ts";
import type { Plan } from "../execution/plan.ts";
import type { Portfolio } from "../execution/portfolio.ts";
import type { Review } from "../execution/review.ts";
import type { RiskGate } from "../execution/risk-gate.ts";
import { DecisionLog } from "./decision-log.ts";
import { eventCode } from "./event-table.ts";
import { SignalFates } from "./signal-fates.ts";
import { StopDistances } from "./stop-distances.ts";

/** What is said on a bar on which nothing happens. */
export type QuietOpinion = Exclude<Opinion, "signal"> | null;

/** Writes each step into the decision log. */
export class DecisionRecorder {
  readonly log: DecisionLog;
  /** Decisions by what came of them: the top of the funnel. */
  warmingUp = 0;
  silent = 0;
  signals = 0;
  readonly fates = new SignalFates();
  /** Orders that were sent, those of them that filled to the last lot, and fills of orders that the venue sent for us: margin calls. */
  ordersSent = 0;
  ordersFilled = 0;
  marginCallFills = 0;
  /** Orders that a limit or a breaker of ours refused, or let through in part. */
  ordersRefused = 0;
  ordersTrimmed = 0;
  /** Fills that a simulated venue had to assume something for. */
  assumedFills = 0;
  readonly stopDistances = new StopDistances();
  /** Row of the log on which a decision was possible for the first time; -1 while there was none. */
  firstDecisionRow = -1;
  private lastAlarm = "";
  /** A fill happens once, however often it is told. */
  private readonly fills = new SeenNumbers();

  constructor(log: DecisionLog) {
    this.log = log;
  }

  /** Ends a step. */
  record(
    slice: MarketSlice,
    reports: readonly ExecutionReport[],
    decision: Decision,
    targets: readonly Target[],
    plan: Plan,
    review: Review,
    portfolio: Portfolio,
    risk: RiskGate,
    followers: Followers | null = null,
  ): void {
    const isCalm = risk.alarm.kind === "clear" && this.lastAlarm === "";
    if (slice.count === 0 && isCalm && isUneventful(reports, targets, plan, review)) return;
    this.warmingUp += decision.warmingUp;
    this.silent += decision.silent;
    this.signals += decision.targets.length;
    if (this.firstDecisionRow < 0 && decision.silent + decision.targets.length > 0)
      this.firstDecisionRow = this.log.length;
    this.fates.count(decision.targets, targets, plan, review, portfolio, risk);
    if (reports.length > 0) this.recordReports(slice.timeMs, reports);
    if (followers !== null && slice.count > 0) this.recordSwitches(slice.timeMs, followers);
    if (targets.length > 0) this.recordTargets(slice.timeMs, targets);
    if (review.changed.length > 0) this.recordOrders(slice.timeMs, review.changed);
    if (review.approved.length > 0) {
      this.recordOrders(slice.timeMs, review.approved);
      this.stopDistances.note(review.approved, portfolio);
    }
    this.ordersSent += review.approved.length;
    this.ordersRefused += review.refused.length;
    this.ordersTrimmed += review.trimmed.length;
    if (review.trimmed.length > 0) this.recordTrims(slice.timeMs, review);
    if (review.refused.length > 0) this.recordRefusals(slice.timeMs, review);
    if (risk.alarm.kind !== "clear" || this.lastAlarm !== "") this.recordAlarm(slice.timeMs, risk);
    // What is answered at the instant of a slice belongs to that slice: equal times make one row.
    if (slice.count > 0 || slice.timeMs !== this.log.lastTimeMs)
      this.log.record(slice.timeMs, portfolio.equity, portfolio.ledger.held.length > 0);
  }

  /**
   * Ends the steps of rows `from` to `to - 1`, on which nothing happened but that prices moved. `opinion` is what was said
   * on each of them; null where no decision bar closed.
   */
  recordQuiet(bars: Bars, from: number, to: number, portfolio: Portfolio, opinion: QuietOpinion): void {
    if (to === from) return;
    if (opinion === "warming up") this.warmingUp += to - from;
    else if (opinion === "silent") {
      if (this.firstDecisionRow < 0) this.firstDecisionRow = this.log.length;
      this.silent += to - from;
    }
    this.log.recordQuiet(bars, from, to, portfolio.ledger);
    portfolio.equity = this.log.equity[this.log.length - 1]!;
  }

  private recordReports(timeMs: number, reports: readonly ExecutionReport[]): void {
    const { events } = this.log;
    for (const report of reports) {
      if (report.kind === "filled") {
        if (!this.fills.add(report.fill.fillId)) continue;
        const { orderId, instrument, side, quantity, price, fee, slippageCost, liquidity, isAssumed } =
          report.fill;
        if (isAssumed === true) this.assumedFills += 1;
        // The venue numbers its own orders below zero.
        if (orderId < 0) this.marginCallFills += 1;
        else if (report.isComplete) this.ordersFilled += 1;
        // When it happened at the venue: a live session hears of it between two bars, a backtest with the next one.
        const filledMs = report.fill.timeMs;
        events.add(
          filledMs,
          instrument,
          eventCode.fill,
          signOf(side) * quantity,
          price,
          fee + slippageCost,
          liquidity,
          slippageCost,
        );
      } else if (report.kind === "charged") {
        events.add(
          timeMs,
          report.charge.instrument,
          eventCode.charged,
          report.charge.amount,
          report.charge.split?.ratio ?? Number.NaN,
          Number.NaN,
          report.charge.kind,
        );
      } else if (report.kind === "canceled" || report.kind === "rejected" || report.kind === "expired") {
        events.add(timeMs, -1, eventCode[report.kind], report.orderId, Number.NaN, Number.NaN, report.reason);
      }
    }
  }

  private recordSwitches(timeMs: number, followers: Followers): void {
    for (const { instrument, to, score, runnerUp, reason } of followers.changesAt(timeMs))
      this.log.events.add(timeMs, instrument, eventCode.selection, to, score, runnerUp, reason);
  }

  private recordTargets(timeMs: number, targets: readonly Target[]): void {
    for (const { instrument, weight, equityWeight, quantity, reason } of targets) {
      this.log.events.add(timeMs, instrument, eventCode.signal, weight, equityWeight, quantity, reason);
    }
  }

  /** New orders, and changed ones under their old number. */
  private recordOrders(timeMs: number, orders: readonly ApprovedOrder[]): void {
    for (const { id, instrument, side, quantity, terms, reason } of orders) {
      this.log.events.add(
        timeMs,
        instrument,
        eventCode.order,
        signOf(side) * quantity,
        priceOf(terms),
        id,
        reason,
      );
    }
  }

  private recordRefusals(timeMs: number, review: Review): void {
    for (const { order, ruleName, reason, limit, value } of review.refused) {
      this.log.events.add(
        timeMs,
        order.instrument,
        eventCode.refused,
        value,
        limit,
        signOf(order.side) * order.quantity,
        `${ruleName}: ${reason}`,
      );
    }
  }

  private recordTrims(timeMs: number, review: Review): void {
    for (const { order, ruleName, reason, limit, value, quantity, sharedBy } of review.trimmed) {
      const text = `${ruleName}: ${reason}`;
      this.log.events.add(
        timeMs,
        order.instrument,
        eventCode.trimmed,
        value,
        limit,
        signOf(order.side) * quantity,
        text,
        sharedBy,
      );
    }
  }

  private recordAlarm(timeMs: number, { alarm, alarmRule }: RiskGate): void {
    const text = alarm.kind === "clear" ? "" : `${alarmRule}: ${alarm.kind}, ${alarm.reason}`;
    if (text === this.lastAlarm) return;
    this.lastAlarm = text;
    const value = alarm.kind === "clear" ? Number.NaN : alarm.value;
    const limit = alarm.kind === "clear" ? Number.NaN : alarm.limit;
    this.log.events.add(timeMs, -1, eventCode.alarm, value, limit, Number.NaN, text === "" ? "clear" : text);
  }
}

/** A heartbeat on which nothing happened leaves no trace: live has many of them where history has none. */
function isUneventful(
  reports: readonly ExecutionReport[],
  targets: readonly Target[],
  plan: Plan,
  review: Review,
): boolean {
  const sent = plan.cancels.length + review.changed.length + review.approved.length;
  const decided = targets.length + sent + review.refused.length;
  return reports.length + decided === 0;
}

/** The number that makes an order wait: its limit, stop or trigger price, or the distance of a trailing stop. */
function priceOf(terms: OrderTerms): number {
  switch (terms.type) {
    case "market":
      return Number.NaN;
    case "stop_market":
      return terms.stopPrice;
    case "limit":
    case "stop_limit":
    case "limit_if_touched":
      return terms.limitPrice;
    case "market_if_touched":
      return terms.triggerPrice;
    case "trailing_stop_market":
      return terms.trail.kind === "amount" ? terms.trail.amount : terms.trail.fraction;
  }
}
