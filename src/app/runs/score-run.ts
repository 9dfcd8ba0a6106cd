import { yearsBetween, periodsPerYearOf } from "../../analysis/metrics/measured-time.ts";
import { scoreCurve, type CurveScore } from "../../analysis/metrics/score-curve.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { DecisionLog } from "../../engine/decision-log/decision-log.ts";
import type { Session } from "../../engine/session.ts";

/** A run's log from the first slice on which a decision was possible; events and exposure are those of the whole run. */
export type RunLog = Pick<DecisionLog, "timeMs" | "equity" | "length" | "events" | "exposedSlices">;

/**
 * The row from which a run is measured: the first on which a decision was possible. What warms up before it neither
 * earns nor waits, so the same trades give the same numbers however much history precedes them.
 */
export function measuredFrom({ recorder }: Session): number {
  return Math.max(0, recorder.firstDecisionRow);
}

/** The log of a run from its measured row on. Nothing is copied. */
export function measuredLog(session: Session, from = measuredFrom(session)): RunLog {
  const { timeMs, equity, length, events, exposedSlices } = session.recorder.log;
  return {
    timeMs: timeMs.subarray(from, length),
    equity: equity.subarray(from, length),
    length: length - from,
    events,
    exposedSlices,
  };
}

/**
 * The return and Sharpe ratio that a whole report gives a run, to the last bit. `ends` are the last rows of the trading days
 * of its log: found once for runs over the same slices.
 */
export function scoreRun(
  session: Session,
  calendar: Calendar,
  startEquity: number,
  ends: Int32Array,
): CurveScore {
  const { timeMs, equity, length } = session.recorder.log;
  const from = measuredFrom(session);
  const measured = ends.subarray(firstAbove(ends, from));
  const years = length === 0 ? 0 : yearsBetween(timeMs[from]!, timeMs[length - 1]!);
  const periodsPerYear = periodsPerYearOf(measured.length, years, calendar.periodsPerYear);
  return scoreCurve(equity, measured, startEquity, periodsPerYear);
}

/** Place of the first entry above `value` in ascending rows. */
function firstAbove(rows: Int32Array, value: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
