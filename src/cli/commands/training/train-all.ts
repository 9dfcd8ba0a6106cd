import { availableParallelism } from "node:os";
import type { TrainAllOutput, TrainedOfAll } from "../../../app/jobs/models/train-all-job.ts";
import { jobs } from "../../../app/jobs/job-table.ts";
import { exitCodes, KiwiError, type ErrorParts } from "../../../base/errors.ts";
import { predictorFamilies } from "../../../domain/predictor-artifact.ts";
import { configOf } from "../../flags/config-of.ts";
import { trainFlags } from "../../flags/train-flags.ts";
import { envelope } from "../../output/json.ts";
import { errorContent, errorText, exitCodeOf } from "../../output/print-error.ts";

import type { Shell } from "../../shell.ts";
import { readCount, regimeInput, type TrainFlags } from "../train.ts";
import { stoppableOnTheSpot } from "../stoppable.ts";
import { keptModels } from "./kept-models.ts";
import { withProgress } from "../with-progress.ts";
import { trainedTable } from "./trained-table.ts";
import {
  plainTrained,
  predictorInput,
  stuckAfterSeconds,
  warningsOf,
  type TrainPredictorFlags,
} from "./train-predictor.ts";

export type TrainAllFlags = TrainFlags & TrainPredictorFlags;

/** `kiwi train all`: every kind of model for every symbol, one progress, one table. The exit code is that of the first failure. */
export async function trainAllCommand(shell: Shell, flags: TrainAllFlags): Promise<number> {
  const config = await configOf(shell, flags, trainFlags);
  const count = readCount("--jobs", flags.jobs, availableParallelism(), 1, 256);
  const { jobs: _, ...ofOne } = flags;
  const input = {
    predictor: predictorInput(shell, predictorFamilies, ofOne, config),
    regime: regimeInput(shell, ofOne, config),
    jobs: count,
  };
  const { trained, warnings } = await stoppableOnTheSpot(
    shell,
    () => withProgress(shell, flags, jobs.trainAll, input, { stuckAfterSeconds }),
    await keptModels(shell),
  );
  const own = trained.flatMap(warningsOfOne);
  if (flags.quiet !== true) for (const warning of [...warnings, ...own]) shell.err(`warning ${warning}`);
  const failures = trained.flatMap((one) => {
    const parts = failureOf(one);
    return parts === null ? [] : [{ ...one, parts }];
  });
  if (flags.json === true)
    shell.out(envelope("train@1", { models: trained.map(plainOf) }, failures.length === 0));
  else printText(shell, trained, failures);
  return failures.length === 0 ? exitCodes.ok : exitCodeOf(new KiwiError(failures[0]!.parts));
}

type Failure = Pick<TrainedOfAll, "symbol" | "family"> & { readonly parts: ErrorParts };

/** Several models that fail for the same reason are told together. */
function printText(shell: Shell, trained: TrainAllOutput["trained"], failures: readonly Failure[]): void {
  shell.out(trainedTable(trained));
  const groups = Map.groupBy(failures, ({ parts }) => `${parts.code} ${parts.message}`);
  for (const group of groups.values()) {
    const names = group.map(({ family, symbol }) => `${family} of ${symbol}`).join(", ");
    shell.err(`not trained: ${names}\n${errorText(new KiwiError(group[0]!.parts), shell)}`);
  }
}

/** Why there is no model; null where there is one. */
function failureOf(trained: TrainedOfAll): ErrorParts | null {
  if (trained.kind === "failed") return trained.parts;
  return trained.one.kind === "failed" ? trained.one.parts : null;
}

function warningsOfOne(trained: TrainedOfAll): readonly string[] {
  if (trained.kind === "predictor") return warningsOf(trained.one);
  const isDone = trained.kind === "regime" && trained.one.kind === "done";
  return isDone && trained.one.outcome.kind === "trained" ? trained.one.outcome.warnings : [];
}

function plainOf(trained: TrainedOfAll): object {
  const parts = failureOf(trained);
  const { symbol, family } = trained;
  if (parts !== null) return { symbol, family, error: errorContent(new KiwiError(parts)) };
  if (trained.kind === "predictor") return { symbol, family, ...plainTrained(trained.one) };
  const { one } = trained as Extract<TrainedOfAll, { kind: "regime" }>;
  return { symbol, family, ...(one.kind === "done" ? one.outcome : {}) };
}
