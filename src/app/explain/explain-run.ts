import { historicalFeed } from "../../data/historical-feed.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { ownFrame, type Expr } from "../../domain/expression.ts";
import type { ExecutionReport } from "../../domain/order.ts";
import type { Session } from "../../engine/session.ts";
import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import { live } from "../../engine/step.ts";
import type { Runner } from "../../engine/runner.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { layGround } from "../session/build-session.ts";
import { warmupNeed } from "../session/warmup-need.ts";
import { watchedStrategy, type StrategyWatch } from "../plugins/watched-strategy.ts";
import type { Explanation, ExplainedOutcome, ExplainedSeries } from "./explanation.ts";
import { explainedChoice, type ExplainedChoice } from "./explained-choice.ts";
import { explainedPortfolio } from "./explained-portfolio.ts";
import { findBar, type FoundBar } from "./find-bar.ts";
import { ordersOf, type SentOrder } from "./orders-of.ts";
import { recordingSession, type RecordingSession } from "./recording.ts";
import { rulesOf } from "./rules-of.ts";
import { sizingNumbers } from "./sizing-numbers.ts";
import { verdictOn } from "./verdict-on.ts";
import { arsenalOf } from "../../selection/arsenal.ts";

/** How many slices after the bar its orders are followed. */
const followedSlices = 10_000;

/** What is asked about: a moment, null for the newest bar, and a symbol where the run has several. */
export type Question = { readonly symbol: string | undefined; readonly timeMs: number | null };

/**
 * Runs a setup up to one bar and tells everything that was decided there; then on, until the orders of that bar are
 * over. The same code decides as in the run itself. Throws what `findBar` throws.
 */
export function explainRun(setup: BacktestSetup, question: Question, watch?: StrategyWatch): Explanation {
  const ground = layGround(setup.bars, setup.config, setup.timeframe, setup.actions);
  const found = findBar(ground, question.symbol, question.timeMs);
  const watched = watchedStrategy(setup.strategy, watch, setup.registry);
  const recording = recordingSession({ ...setup, strategy: watched }, ground);
  let explained: Explanation | null = null;
  let orders: readonly SentOrder[] = [];
  let followed = 0;
  for (const batch of historicalFeed(ground.bars)) {
    while (batch.advance()) {
      const { timeMs } = batch.slice;
      if (explained !== null && followed++ > followedSlices) break;
      if (timeMs === found.decidedMs) recording.clear();
      live(recording.session, batch.slice);
      if (timeMs < found.decidedMs) continue;
      if (explained === null) {
        orders = ordersOf(recording.session, found.instrument);
        explained = explainBar(setup, recording, found, orders);
        recording.clear();
      }
      if (orders.every((order) => isOver(recording.session, found, order))) break;
    }
    if (explained !== null && orders.every((order) => isOver(recording.session, found, order))) break;
  }
  return {
    ...explained!,
    orders: orders.map(({ id, side, quantity, terms, reason }) => ({
      id,
      side,
      quantity,
      terms,
      reason,
      outcome: outcomesOf(recording.reports, id),
    })),
  };
}

function isOver({ orders }: Session, { instrument }: FoundBar, { id }: SentOrder): boolean {
  return orders.open(instrument as InstrumentIndex).every(({ request }) => request.id !== id);
}

function explainBar(
  setup: BacktestSetup,
  recording: RecordingSession,
  { instrument, row, decidedMs }: FoundBar,
  orders: readonly SentOrder[],
): Explanation {
  const { session } = recording;
  const runner = session.pipeline.runners[instrument]!;
  const { bars } = runner.store;
  const position = session.portfolio.position(instrument as InstrumentIndex);
  const opinion = runner.decide(row, decidedMs);
  const signal = opinion === "signal" ? runner.signal : null;
  const sizing = signal === null ? null : sizingNumbers(session, setup.config, instrument, row, decidedMs);
  const { alarm, alarmRule } = session.risk;
  const portfolio = explainedPortfolio(session, instrument as InstrumentIndex, decidedMs);
  const rules = rulesOf(setup.config, recording.verdicts, instrument);
  const facts = {
    opinion,
    signal,
    sizing,
    rules,
    orders,
    held: position.quantity,
    portfolio,
    isBeforeRange: decidedMs < session.tradeFromMs,
    trim: trimAt(session, instrument, decidedMs),
    alarm: alarm.kind === "clear" ? null : { rule: alarmRule, kind: alarm.kind, reason: alarm.reason },
  };
  return {
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    closeTimeMs: bars.closeTimeMs[row]!,
    decidedMs,
    bar: {
      open: bars.open[row]!,
      high: bars.high[row]!,
      low: bars.low[row]!,
      close: bars.close[row]!,
      volume: bars.volume[row]!,
    },
    held: position.quantity,
    averagePrice: position.averagePrice,
    equity: session.portfolio.equity,
    warmup: { isOver: opinion !== "warming up", need: warmupNeed(runner) },
    series: seriesOf(runner, row),
    wakeOn: runner.strategy.wakeOn ?? null,
    choice: choiceOn(session, instrument, opinion),
    portfolio,
    opinion,
    signal:
      signal === null
        ? null
        : {
            weight: signal.weight,
            reason: signal.reason,
            entry: signal.entry,
            protection: signal.protection,
          },
    sizing,
    alarm: facts.alarm,
    rules,
    orders: [],
    earlier: earlierReports(recording.reports, instrument),
    verdict: verdictOn(facts),
    source: String(setup.strategy.onBar),
  };
}

/** What the log says of an order of an instrument that was made smaller at a moment, its last. */
function trimAt({ recorder }: Session, instrument: number, timeMs: number): DecisionEvent | null {
  const { events } = recorder.log;
  for (let row = events.length - 1; row >= 0; row--) {
    const event = events.at(row);
    if (event.timeMs < timeMs) return null;
    if (event.kind === "trimmed" && event.instrument === instrument) return event;
  }
  return null;
}

function choiceOn(
  session: Session,
  instrument: number,
  opinion: Explanation["opinion"],
): ExplainedChoice | null {
  const runner = arsenalOf(session)?.runners[instrument];
  if (runner === undefined) return null;
  return explainedChoice(runner, opinion === "warming up" ? null : runner.selection);
}

function seriesOf(runner: Runner, row: number): readonly ExplainedSeries[] {
  return Object.entries(runner.expressions).map(([name, expression]) => {
    const { now, prev } = valuesOf(runner, expression, row);
    return { name, expression: expression.key, now, prev };
  });
}

/** The values of an expression on a bar and one before, each in the rows of its own frame. */
function valuesOf(
  runner: Runner,
  expression: Expr,
  row: number,
): { now: number | null; prev: number | null } {
  const { values } = runner.store.column(expression);
  const at = expression.frame === ownFrame ? row : runner.store.frame(expression.frame).visible[row]!;
  const valueAt = (index: number): number | null => {
    const value = index < 0 ? Number.NaN : values[index]!;
    return Number.isNaN(value) ? null : value;
  };
  return { now: valueAt(at), prev: valueAt(at - 1) };
}

function earlierReports(
  reports: readonly ExecutionReport[],
  instrument: number,
): readonly ExplainedOutcome[] {
  return reports
    .filter((report) => report.kind === "filled" && report.fill.instrument === instrument)
    .map(outcomeOf);
}

function outcomesOf(reports: readonly ExecutionReport[], id: number): readonly ExplainedOutcome[] {
  return reports
    .filter((report) =>
      report.kind === "filled"
        ? report.fill.orderId === id
        : report.kind !== "charged" && report.orderId === id,
    )
    .filter(({ kind }) => kind !== "accepted")
    .map(outcomeOf);
}

function outcomeOf(report: ExecutionReport): ExplainedOutcome {
  if (report.kind === "filled") {
    const { timeMs, quantity, price, fee, slippageCost } = report.fill;
    const kind = report.isComplete ? "filled" : "partially filled";
    return { kind, timeMs, quantity, price, cost: fee + slippageCost, reason: null };
  }
  const timeMs = report.kind === "charged" ? report.charge.timeMs : report.timeMs;
  const reason = "reason" in report ? report.reason : null;
  return { kind: report.kind, timeMs, quantity: null, price: null, cost: null, reason };
}
