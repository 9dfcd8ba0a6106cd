import type { QueuedWork } from "../queue/queued-work.ts";
import { codeHash } from "../plugins/code-identity.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { readHash } from "../runs/run-hashes.ts";
import type { Place, TrialLimits } from "./place.ts";
import type { TrialOutcome } from "./trial.ts";

/** Pieces for each that is on its way at the same time: the way of one costs the server and both ends three milliseconds. */
const piecesEach = 2;

/** Workers on any machines that hear of trials through a queue. They read the bars themselves, and must find the same. */
export async function queuePlace(
  url: string,
  width: number,
  limits: TrialLimits,
  prepared: PreparedRun,
  onLine: (line: string) => void,
): Promise<Place> {
  // A queue costs a third of a second to load: nobody else waits for it.
  const { askQueue } = await import("../../jobs/ask-queue.ts");
  const queue = await askQueue(url, onLine);
  const expected = { code: codeHash(prepared.found.ownFiles), data: readHash(prepared) };
  return {
    pieces: width * piecesEach,
    async perform({ request, measuring, tasks }) {
      const queued: QueuedWork = { kind: "trials", piece: { request, measuring, tasks, expected }, limits };
      return (await queue.ask(queued)) as readonly TrialOutcome[];
    },
    close: () => queue.close(),
  };
}
