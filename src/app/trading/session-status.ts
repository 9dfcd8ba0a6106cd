import type { RobotStatus } from "../../robot/robot-types.ts";
import type { Gauges } from "../../robot/kill/kill-triggers.ts";
import type { AccountView } from "../../robot/account-view.ts";
import type { ExplainedDifference } from "../../robot/comparison/comparison.ts";
import type { DecisionLine, FillLine } from "../../robot/engine/recent-lines.ts";
import type { ComponentReport } from "../../ports/component.ts";
import { replaceFile, textOf } from "../../robot/whole-file.ts";
import type { SessionNote } from "./session-folder.ts";

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
  /** The whole of an account that it shares, and what is held there beside the sessions; null for an account of its own. */
  readonly shared: {
    readonly equity: number;
    readonly currency: string;
    readonly beside: readonly { readonly symbol: string; readonly quantity: number }[];
  } | null;
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

/** How long a session has run, from each start to what it said last; the time between is not counted. */
export function ranMs(note: SessionNote, status: SessionStatus | null): number {
  return note.ranMs + Math.max(0, (status?.writtenMs ?? note.startedMs) - note.startedMs);
}
