import { KiwiError } from "../../base/errors.ts";
import { jobAt } from "../../jobs/job.ts";
import type { JobWatching } from "../../jobs/open-carrier.ts";
import { openPool } from "../../jobs/open-pool.ts";
import type { TrialOutcome, TrialsRequest } from "./trial.ts";

/** The job that every place performs. */
export const trialsJob = jobAt<typeof import("./trials-job.ts").default>(
  "trials",
  new URL("./trials-job.ts", import.meta.url),
);

/** Trials that are handed out together, of strategies or of models: their tasks, and what these have in common. */
export type AnyPiece = { readonly tasks: readonly { readonly index: number }[] };

/** Where trials run: it gives the outcomes of a piece, or throws when whoever performed it is gone. */
export type Place<Piece extends AnyPiece = TrialsRequest> = {
  /** Pieces that a round is cut into, so that nobody waits long for the last one, and none costs more than it brings. */
  readonly pieces: number;
  readonly perform: (piece: Piece) => Promise<readonly TrialOutcome[]>;
  readonly close: () => Promise<void>;
};

/** Bounds on what one trial may take. */
export type TrialLimits = {
  /** A strategy that does not come back from one bar for so long. */
  readonly stuckAfterSeconds: number;
  /** Seconds for a whole trial; none by default, for a clock makes outcomes depend on the machine. */
  readonly secondsMax?: number | undefined;
};

/** Pieces for each thread: handing one to a thread costs nearly nothing. */
const piecesEach = 4;

/** Threads of this process. Bars and columns stand in memory that all of them see. */
export function localPlace(threads: number, limits: TrialLimits, environment: Record<string, string>): Place {
  const pool = openPool("thread", threads, { environment });
  return {
    pieces: threads * piecesEach,
    perform: (piece) => pool.perform(trialsJob, piece, watchingOf(limits, piece.tasks.length)),
    close: () => pool.close(),
  };
}

/** How a piece of so many trials is watched, wherever it is performed. */
export function watchingOf({ stuckAfterSeconds, secondsMax }: TrialLimits, trials: number): JobWatching {
  return {
    stuckAfterSeconds,
    ...(secondsMax === undefined ? {} : { timeLimitMs: 1000 * secondsMax * trials }),
  };
}

/** What ends a worker and not the search. */
const lossCodes = new Set([
  "STRATEGY_STUCK",
  "JOB_TIME_LIMIT",
  "OUT_OF_MEMORY",
  "STRATEGY_EXITED",
  "WORKER_LOST",
]);
/** A worker that is ended from outside says nothing about its trial: it is tried again so many times. */
const attemptsMax = 3;

/** Says that a worker was lost, and what is done about it. */
export type OnLoss = (line: string) => void;

/**
 * The outcomes of tasks, in their order, whatever happens to workers. Where a piece is lost its trials run again, each
 * alone, so that one which hangs, eats all memory or ends its process is found and the others lose nothing.
 */
export async function performSafely<Piece extends AnyPiece>(
  place: Place<Piece>,
  piece: Piece,
  onLoss: OnLoss,
): Promise<readonly TrialOutcome[]> {
  try {
    return await place.perform(piece);
  } catch (error) {
    if (!isLoss(error)) throw error;
    if (piece.tasks.length === 1) return [await again(place, piece, piece.tasks[0]!.index, error, onLoss)];
    onLoss(`a worker was lost (${error.parts.code}): its ${piece.tasks.length} trials run again, each alone`);
    const alone = piece.tasks.map((task) => performSafely(place, { ...piece, tasks: [task] }, onLoss));
    return (await Promise.all(alone)).flat();
  }
}

async function again<Piece extends AnyPiece>(
  place: Place<Piece>,
  piece: Piece,
  index: number,
  first: KiwiError,
  onLoss: OnLoss,
): Promise<TrialOutcome> {
  let error = first;
  for (let attempt = 2; ; attempt++) {
    const { code, message } = error.parts;
    const isMute = code === "STRATEGY_EXITED" || code === "WORKER_LOST";
    if (!isMute || attempt > attemptsMax) {
      onLoss(`trial ${index} has no result: ${code} ${message}`);
      const isTime = code === "STRATEGY_STUCK" || code === "JOB_TIME_LIMIT";
      return {
        kind: isTime ? "timed_out" : "failed",
        index,
        error: `${code} ${isTime ? "" : message}`.trim(),
      };
    }
    onLoss(`a worker was lost with trial ${index} (${code}): attempt ${attempt} of ${attemptsMax}`);
    try {
      return (await place.perform(piece))[0]!;
    } catch (next) {
      if (!isLoss(next)) throw next;
      error = next;
    }
  }
}

function isLoss(error: unknown): error is KiwiError {
  return error instanceof KiwiError && lossCodes.has(error.parts.code);
}
