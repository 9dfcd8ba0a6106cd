import { formatDuration, formatTime } from "../../base/time.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";

/** How often a model is trained anew. */
export type RetrainingSchedule = {
  /** How much time of the market the newest version may have missed. */
  readonly everyMs: number;
};

/** Whether a model is to be trained now, and why or why not. */
export type RetrainingDue = { readonly isDue: boolean; readonly reason: string };

/**
 * Whether a model is to be trained at `nowMs`: when there is none, or when the newest version, promoted or not, has
 * seen nothing of the last `everyMs`.
 */
export function dueForRetraining(
  newest: Pick<HmmArtifact, "version" | "trainedThroughMs"> | null,
  nowMs: number,
  { everyMs }: RetrainingSchedule,
): RetrainingDue {
  if (newest === null) return { isDue: true, reason: "there is no version yet" };
  const { version, trainedThroughMs } = newest;
  const missedMs = nowMs - trainedThroughMs;
  return missedMs >= everyMs
    ? { isDue: true, reason: `version ${version} has not seen the last ${formatDuration(missedMs)}` }
    : {
        isDue: false,
        reason: `version ${version} is due on ${formatTime(trainedThroughMs + everyMs)}, ${formatDuration(everyMs)} after what it was trained on`,
      };
}
