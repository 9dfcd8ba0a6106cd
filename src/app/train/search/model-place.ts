import { jobAt } from "../../../jobs/job.ts";
import { openPool } from "../../../jobs/open-pool.ts";
import type { QueuedWork } from "../../queue/queued-work.ts";
import { watchingOf, type Place, type TrialLimits } from "../../search/place.ts";
import type { TrialOutcome } from "../../search/trial.ts";
import type { ModelTrials } from "./model-trial.ts";

/** The job that every place performs. */
export const modelTrialsJob = jobAt<typeof import("./model-trials-job.ts").default>(
  "model trials",
  new URL("./model-trials-job.ts", import.meta.url),
);

/** Who performs the trials of a search over a model. */
export type ModelPlaceChoice = {
  /** Threads; with a queue, trials that are on their way at the same time. */
  readonly jobs: number;
  readonly queue?: string | undefined;
  readonly trialSeconds?: number | undefined;
  readonly onLine: (line: string) => void;
};

/** A trial takes long: each is a piece of its own. */
const pieces = Number.MAX_SAFE_INTEGER;

/** Opens the place that was asked for: threads here, or workers anywhere. Throws `REDIS_AWAY`, `POSTGRES_AWAY`. */
export async function modelPlace({
  jobs,
  queue: url,
  trialSeconds,
  onLine,
}: ModelPlaceChoice): Promise<Place<ModelTrials>> {
  const limits: TrialLimits = { stuckAfterSeconds: Infinity, secondsMax: trialSeconds };
  if (url === undefined) {
    const pool = openPool("thread", jobs, { environment: {} });
    return {
      pieces,
      perform: (piece) => pool.perform(modelTrialsJob, piece, watchingOf(limits, piece.tasks.length)),
      close: () => pool.close(),
    };
  }
  // A queue costs a third of a second to load: nobody else waits for it.
  const { askQueue } = await import("../../../jobs/ask-queue.ts");
  const queue = await askQueue(url, onLine);
  const ask = async (piece: ModelTrials): Promise<readonly TrialOutcome[]> => {
    const work: QueuedWork = { kind: "model trials", piece, limits };
    return (await queue.ask(work)) as readonly TrialOutcome[];
  };
  // Every piece carries the rows: the server holds those of the trials that are under way, and not of all that come.
  return { pieces, perform: atMost(2 * jobs, ask), close: () => queue.close() };
}

/** The same work, no more than so many at a time. */
function atMost<Item, Result>(
  width: number,
  work: (item: Item) => Promise<Result>,
): (item: Item) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (item) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work(item);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
