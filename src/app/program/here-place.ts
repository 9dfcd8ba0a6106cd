import type { Place } from "../search/place.ts";
import { TrialRunner } from "../search/trial-runner.ts";
import type { TrialMeasuring } from "../search/trial.ts";

/** Pieces of a round: between them this thread is free for whatever else its program does. */
const pieces = 16;

/** The thread that asks: for a program, whose strategy may be a function that no other thread has. */
export function herePlace(
  run: ConstructorParameters<typeof TrialRunner>[0],
  measuring: TrialMeasuring,
): Place {
  const runner = new TrialRunner(run, { measuring });
  return {
    pieces,
    async perform({ tasks, columns }) {
      await new Promise((resolve) => setImmediate(resolve));
      if (columns !== undefined) runner.adopt(columns);
      return tasks.map((task) => runner.run(task));
    },
    close: () => Promise.resolve(),
  };
}
