import type { RobotStatus } from "../../robot/robot-types.ts";
import type { Gauges } from "../../robot/kill/kill-triggers.ts";
import type { AccountView } from "../../robot/account-view.ts";
import type { ExplainedDifference } from "../../robot/comparison/comparison.ts";
import type { ComponentReport } from "../../ports/component.ts";
import { replaceFile, textOf } from "../../robot/whole-file.ts";

/** A decision as it was taken, with its reason and what became of it. */
export type DecisionLine = {
  readonly timeMs: number;
  readonly symbol: string;
  /** `wants`, or what a rule made of it: `refused`, `trimmed`. */
  readonly what: string;
  readonly quantity: number;
  readonly reason: string;
};

/** One execution; the quantity is signed. */
export type FillLine = {
  readonly timeMs: number;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
};

/** What a running session says of itself, once a second. */
export type SessionStatus = {
  /** The machine's time when it was written: a reader sees how old it is. */
  readonly writtenMs: number;
  readonly robot: RobotStatus;
  readonly account: AccountView;
  readonly gauges: Gauges;
  /** Every part of the session; those that others need before them. */
  readonly components: readonly ComponentReport[];
  /** The last decisions, oldest first. */
  readonly decisions: readonly DecisionLine[];
  readonly fills: readonly FillLine[];
  readonly comparison: ExplainedDifference | null;
  /** Wall time from the start to the first fill; null before it. */
  readonly firstFillMs: number | null;
};

/** Writes the status whole; numbers that are none are written as null. */
export function writeStatus(path: string, status: SessionStatus): void {
  replaceFile(path, JSON.stringify(status));
}

/** The status that was written last; null when there is none. */
export function readStatus(path: string): SessionStatus | null {
  try {
    const text = textOf(path);
    if (text === null) return null;
    const status = JSON.parse(text) as SessionStatus;
    // One that an older Kiwi left tells of no components.
    return { ...status, components: (status as Partial<SessionStatus>).components ?? [] };
  } catch {
    return null;
  }
}
