import {
  TrainingRuns,
  type TrainingMetrics,
  type TrainingRecord,
} from "../../../adapters/stores/models/training-runs.ts";
import { KiwiError } from "../../../base/errors.ts";
import { trainingsFolderOf } from "../models-folder.ts";

/** What is known of a training. One that nobody ended, and whose process is gone, was killed. */
export type KnownTraining = Omit<TrainingRecord, "status"> & {
  readonly status: TrainingRecord["status"] | "killed";
};

/** The numbers of a training by step, as they were written. */
export type TrainingStory = {
  readonly training: KnownTraining;
  readonly metrics: readonly TrainingMetrics[];
};

/** Every training that was begun in a project, newest first. */
export async function trainingsOf(folder: string): Promise<readonly KnownTraining[]> {
  return (await new TrainingRuns(trainingsFolderOf(folder)).list()).map(withFate);
}

/** One training with its numbers so far. Throws `TRAINING_UNKNOWN`. */
export async function trainingStory(folder: string, id: string): Promise<TrainingStory> {
  const runs = new TrainingRuns(trainingsFolderOf(folder));
  const training = await runs.read(id);
  if (training === null) throw unknown(id, runs.root);
  return { training: withFate(training), metrics: await runs.metrics(id) };
}

function withFate(record: TrainingRecord): KnownTraining {
  if (record.status !== "running") return record;
  try {
    process.kill(record.processId, 0);
    return record;
  } catch (cause) {
    const isSomebodyElses = (cause as NodeJS.ErrnoException).code === "EPERM";
    return isSomebodyElses ? record : { ...record, status: "killed" };
  }
}

function unknown(id: string, root: string): KiwiError {
  return new KiwiError({
    code: "TRAINING_UNKNOWN",
    exit: "usage",
    message: `there is no training "${id}"`,
    why: `${root} holds no folder of that name with a run.json that can be read`,
    fix: "kiwi model trainings lists what there is",
    topic: "models",
  });
}
