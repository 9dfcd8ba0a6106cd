import { availableParallelism } from "node:os";
import { jobs } from "../../../app/jobs/job-table.ts";
import type {
  TrainPredictorInput,
  TrainPredictorOutput,
} from "../../../app/jobs/models/train-predictor-job.ts";
import type { KiwiConfig } from "../../../app/config/config-schema.ts";
import { sparkline } from "../../../analysis/report/terminal/sparkline.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
import type { PredictorFamily } from "../../../domain/predictor-artifact.ts";
import type { CommonFlags, ConfigFlags, ProgressFlags } from "../../declare/common-flags.ts";
import { invalidFlag } from "../../flags/flag-errors.ts";
import { configOf } from "../../flags/config-of.ts";
import type { FlagValues } from "../../flags/flag-layer.ts";
import { queueUrl, type QueueFlags } from "../../flags/queue-url.ts";
import { readBetween, readOneOf } from "../../flags/read-values.ts";
import { trainFlags } from "../../flags/train-flags.ts";
import { envelope } from "../../output/json.ts";
import { modelText } from "../../output/model-text.ts";
import { errorContent, errorText, exitCodeOf } from "../../output/print-error.ts";
import type { Shell } from "../../shell.ts";
import { readIfDue } from "../train.ts";
import { stoppableOnTheSpot } from "../stoppable.ts";
import { keptModels } from "./kept-models.ts";
import { withProgress } from "../with-progress.ts";
import { modelSearchMethods } from "../../../app/train/search/model-trial.ts";
import { modelSearchText } from "../../output/model-search-text.ts";

export type TrainPredictorFlags = CommonFlags &
  ProgressFlags &
  ConfigFlags &
  FlagValues & {
    readonly name?: string;
    readonly size?: string;
    readonly horizon?: number;
    readonly label?: string;
    readonly move?: number;
    readonly calibration?: string;
    readonly folds?: number;
    readonly jobs?: number;
    readonly ifDue?: string;
    readonly search?: number;
    readonly method?: string;
    readonly trialSeconds?: number;
  } & QueueFlags;

/** Between two looks at how far a training is, a network may take long: it is ours, and does not hang. */
export const stuckAfterSeconds = 3600;

/** `kiwi train <family>`: models of direction, one for each symbol. What fails does not keep the others from it. */
export async function trainPredictorCommand(
  shell: Shell,
  family: PredictorFamily,
  flags: TrainPredictorFlags,
): Promise<number> {
  const config = await configOf(shell, flags, trainFlags);
  const queue = queueUrl(shell, flags);
  if (queue !== undefined && flags.search === undefined)
    throw invalidFlag(
      "--queue",
      flags.queue ?? flags.redis ?? queue,
      "--search N beside it: trials are what workers take",
    );
  // Trees and searches come to the same on any number of threads; a network may not.
  const isAlike = flags.search !== undefined || family === "boosted" || family === "forest";
  const count = flags.jobs ?? (isAlike ? Math.min(64, availableParallelism()) : 1);
  const input = predictorInput(shell, [family], { ...flags, jobs: count }, config);
  const { trained, warnings } = await stoppableOnTheSpot(
    shell,
    () => withProgress(shell, flags, jobs.trainPredictor, input, { stuckAfterSeconds }),
    await keptModels(shell),
  );
  if (flags.quiet !== true)
    for (const warning of [...warnings, ...trained.flatMap(warningsOf)]) shell.err(`warning ${warning}`);
  const [first] = trained;
  if (trained.length === 1 && first!.kind === "failed") throw new KiwiError(first!.parts);
  print(shell, flags, trained);
  const failed = trained.find((one) => one.kind === "failed");
  return failed === undefined ? exitCodes.ok : exitCodeOf(new KiwiError(failed.parts));
}

type Trained = TrainPredictorOutput["trained"][number];

/** What whoever trains should know of one model. */
export function warningsOf(one: Trained): readonly string[] {
  return one.kind === "done" ? one.outcome.warnings.map((warning) => `${one.outcome.name}: ${warning}`) : [];
}

/** One model for programs: all but what was learned itself. */
export function plainTrained(one: Trained): object {
  if (one.kind === "failed") return { name: one.name, error: errorContent(new KiwiError(one.parts)) };
  if (one.kind === "not-due") return one;
  const { body, ...artifact } = one.outcome.model.artifact;
  const search = one.search === null ? {} : { search: one.search };
  return {
    ...search,
    ...one.outcome,
    model: { ...one.outcome.model, artifact: { ...artifact, body: body.kind } },
  };
}

function print(shell: Shell, flags: CommonFlags, trained: readonly Trained[]): void {
  if (flags.json === true) {
    const isWhole = trained.every(({ kind }) => kind !== "failed");
    shell.out(envelope("train@1", { models: trained.map(plainTrained) }, isWhole));
    return;
  }
  const texts = trained.flatMap((one) => {
    if (one.kind === "not-due") return `${one.name}: nothing to do; ${one.reason}`;
    if (one.kind === "failed") return [];
    return one.search === null
      ? textOf(one.outcome)
      : `${modelSearchText(one.search)}\n\n${textOf(one.outcome)}`;
  });
  if (texts.length > 0) shell.out(texts.join("\n\n"));
  for (const one of trained) {
    if (one.kind === "failed")
      shell.err(`${one.name} was not trained\n${errorText(new KiwiError(one.parts), shell)}`);
  }
}

type Outcome = Extract<Trained, { kind: "done" }>["outcome"];

function textOf({ name, version, isNew, isPromoted, replaced, model, heldLosses }: Outcome): string {
  const fate = !isNew
    ? `version ${version} is this very model already${isPromoted ? ", and in use" : ""}`
    : isPromoted
      ? `version ${version} is in use${replaced === null ? "" : ` in place of ${replaced}`}`
      : `version ${version} is kept as a candidate, version ${replaced} stays in use   (kiwi model promote ${name} ${version})`;
  return [`${name}: ${fate}`, ...curveOf(heldLosses), modelText(model)].join("\n\n");
}

/** How the loss on held rows went, in a line. */
function curveOf(losses: readonly number[]): readonly string[] {
  if (losses.length < 2) return [];
  const { length } = losses;
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const line = sparkline(Float64Array.from(losses), length, length, low, high);
  const [first, last] = [losses[0]!, losses[length - 1]!].map((loss) => loss.toFixed(4));
  return [`loss on held rows  ${line}  ${first} to ${last} in ${length} looks, ${low.toFixed(4)} at best`];
}

/** What training models of direction is asked for: by flags, else by the configuration. Throws `FLAG_INVALID`. */
export function predictorInput(
  shell: Shell,
  families: readonly PredictorFamily[],
  flags: TrainPredictorFlags,
  config: KiwiConfig,
): TrainPredictorInput {
  const { training } = config;
  const label = readOneOf("--label", flags.label ?? training.label, ["direction", "triple-barrier"]);
  const horizon = flags.horizon ?? training.horizonBars;
  return {
    folder: shell.folder,
    config,
    nowMs: Date.now(),
    families: [...families],
    name: flags.name,
    size: readOneOf("--size", flags.size ?? training.size, ["small", "full"]),
    horizonBars: horizon === undefined ? undefined : readBetween("--horizon", horizon, 1, 1000),
    label,
    moveMin: readBetween(
      "--move",
      flags.move ?? training.moveMin ?? (label === "triple-barrier" ? 1 : 0),
      0,
      20,
      false,
    ),
    calibration: readOneOf("--calibration", flags.calibration ?? training.calibration, ["beta", "steps"]),
    folds: readBetween("--folds", flags.folds ?? training.folds, 1, 20),
    jobs: readBetween("--jobs", flags.jobs ?? 1, 1, 64),
    everyMs: readIfDue(flags.ifDue),
    search: searchOf(shell, flags),
    mlflow: shell.env["KIWI_MLFLOW_URI"] || undefined,
  };
}

function searchOf(shell: Shell, flags: TrainPredictorFlags): TrainPredictorInput["search"] {
  const { search, method, trialSeconds } = flags;
  const queue = queueUrl(shell, flags);
  if (search === undefined) {
    if (method !== undefined) throw invalidFlag("--method", method, "said together with --search");
    return undefined;
  }
  return {
    ...(queue === undefined ? {} : { queue }),
    trials: readBetween("--search", search, 1, 100_000),
    method: readOneOf("--method", method ?? "tpe", modelSearchMethods),
    ...(trialSeconds === undefined
      ? {}
      : { trialSeconds: readBetween("--trial-seconds", trialSeconds, 0.1, 1_000_000, false) }),
  };
}
