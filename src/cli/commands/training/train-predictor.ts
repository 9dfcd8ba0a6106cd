import { jobs } from "../../../app/jobs/job-table.ts";
import type { TrainPredictorInput, TrainPredictorOutput } from "../../../app/jobs/train-predictor-job.ts";
import { resolveConfig } from "../../../app/config/resolve-config.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
import type { PredictorFamily } from "../../../domain/predictor-artifact.ts";
import type { CommonFlags, ConfigFlags, ProgressFlags } from "../../declare/common-flags.ts";
import { readBetween, readOneOf } from "../../flags/read-values.ts";
import { flagLayer, type FlagValues } from "../../flags/flag-layer.ts";
import { trainFlags } from "../../flags/train-flags.ts";
import { envelope } from "../../output/json.ts";
import { modelText } from "../../output/model-text.ts";
import { errorContent, errorText, exitCodeOf } from "../../output/print-error.ts";
import type { Shell } from "../../shell.ts";
import { withProgress } from "../with-progress.ts";

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
  };

/** Between two looks at how far a training is, a network may take long: it is ours, and does not hang. */
const stuckAfterSeconds = 3600;

/** `kiwi train <family>`: models of direction, one for each symbol. What fails does not keep the others from it. */
export async function trainPredictorCommand(
  shell: Shell,
  family: PredictorFamily,
  flags: TrainPredictorFlags,
): Promise<number> {
  const input = await inputOf(shell, [family], flags);
  const { trained, warnings } = await withProgress(shell, flags, jobs.trainPredictor, input, {
    stuckAfterSeconds: stuckAfterSeconds,
  });
  if (flags.quiet !== true) for (const warning of warnings) shell.err(`warning ${warning}`);
  const [first] = trained;
  if (trained.length === 1 && first!.kind === "failed") throw new KiwiError(first!.parts);
  print(shell, flags, trained);
  const failed = trained.find((one) => one.kind === "failed");
  return failed === undefined ? exitCodes.ok : exitCodeOf(new KiwiError(failed.parts));
}

function print(shell: Shell, flags: CommonFlags, trained: TrainPredictorOutput["trained"]): void {
  if (flags.json === true) {
    const models = trained.map((one) => {
      if (one.kind === "failed") return { name: one.name, error: errorContent(new KiwiError(one.parts)) };
      const { body, ...artifact } = one.outcome.model.artifact;
      return { ...one.outcome, model: { ...one.outcome.model, artifact: { ...artifact, body: body.kind } } };
    });
    const isWhole = trained.every(({ kind }) => kind === "done");
    shell.out(envelope("train@1", { models }, isWhole));
    return;
  }
  const texts = trained.flatMap((one) => (one.kind === "done" ? [textOf(one.outcome)] : []));
  if (texts.length > 0) shell.out(texts.join("\n\n"));
  for (const one of trained) {
    if (one.kind === "failed")
      shell.err(`${one.name} was not trained\n${errorText(new KiwiError(one.parts), shell)}`);
  }
}

type Outcome = Extract<TrainPredictorOutput["trained"][number], { kind: "done" }>["outcome"];

function textOf({ name, version, isNew, isPromoted, replaced, model }: Outcome): string {
  const fate = !isNew
    ? `version ${version} is this very model already${isPromoted ? ", and in use" : ""}`
    : isPromoted
      ? `version ${version} is in use${replaced === null ? "" : ` in place of ${replaced}`}`
      : `version ${version} is kept as a candidate, version ${replaced} stays in use   (kiwi model promote ${name} ${version})`;
  return `${name}: ${fate}\n\n${modelText(model)}`;
}

async function inputOf(
  shell: Shell,
  families: readonly PredictorFamily[],
  flags: TrainPredictorFlags,
): Promise<TrainPredictorInput> {
  const { config } = await resolveConfig({
    folder: shell.folder,
    file: flags.config,
    env: shell.env,
    sets: flags.set,
    flags: flagLayer(trainFlags, flags),
  });
  return {
    folder: shell.folder,
    config,
    nowMs: Date.now(),
    families: [...families],
    name: flags.name,
    size: readOneOf("--size", flags.size, ["small", "full"]),
    horizonBars: flags.horizon === undefined ? undefined : readBetween("--horizon", flags.horizon, 1, 1000),
    label: readOneOf("--label", flags.label, ["direction", "triple-barrier"]),
    moveMin: readBetween("--move", flags.move ?? (flags.label === "triple-barrier" ? 1 : 0), 0, 20, false),
    calibration: readOneOf("--calibration", flags.calibration, ["beta", "steps"]),
    folds: readBetween("--folds", flags.folds ?? 4, 1, 20),
    jobs: readBetween("--jobs", flags.jobs ?? 1, 1, 64),
  };
}
