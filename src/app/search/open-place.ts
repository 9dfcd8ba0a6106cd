import type { PreparedRun } from "../runs/prepare-run.ts";
import { localPlace, type Place, type TrialLimits } from "./place.ts";
import { queuePlace } from "./queue-place.ts";

/** Who performs the trials of a search. */
export type PlaceChoice = {
  readonly jobs: number;
  /** Address of the server of a queue; threads here where it is left out. */
  readonly queue?: string | undefined;
  readonly trialSeconds?: number | undefined;
};

/** Opens the place that was asked for: threads here, or workers anywhere. Throws `REDIS_AWAY`, `POSTGRES_AWAY`. */
export async function openPlace(
  { jobs, queue, trialSeconds }: PlaceChoice,
  prepared: PreparedRun,
  onLine: (line: string) => void,
): Promise<Place> {
  const limits: TrialLimits = {
    stuckAfterSeconds: prepared.request.config.stuckAfterSeconds,
    ...(trialSeconds === undefined ? {} : { secondsMax: trialSeconds }),
  };
  return queue === undefined
    ? localPlace(jobs, limits, environmentHere())
    : await queuePlace(queue, jobs, limits, prepared, onLine);
}

function environmentHere(): Record<string, string> {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
