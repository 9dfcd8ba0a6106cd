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
