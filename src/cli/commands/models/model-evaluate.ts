import { jobs } from "../../../app/jobs/job-table.ts";
import { shownCommand } from "../../../app/jobs/shown-command.ts";
import { exitCodes } from "../../../base/errors.ts";
import type { CommonFlags, ConfigFlags, ProgressFlags } from "../../declare/common-flags.ts";
import { configOf } from "../../flags/config-of.ts";
import { readBetween, readOneOf } from "../../flags/read-values.ts";
import { evaluateFlags } from "../../flags/train-flags.ts";
import type { FlagValues } from "../../flags/flag-layer.ts";
import { evaluationText } from "../../output/models/evaluation-text.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";
import { withProgress } from "../with-progress.ts";

export type ModelEvaluateFlags = CommonFlags &
  ProgressFlags &
  ConfigFlags &
  FlagValues & {
    readonly folds?: number;
    readonly jobs?: number;
    readonly format?: string;
    readonly file?: string;
  };

/** Models made anew may learn for long between two looks: they are ours, and do not hang. */
const stuckAfterSeconds = 3600;

/** `kiwi model evaluate`: what the calls of a model are worth on bars that it has not seen. */
export async function modelEvaluateCommand(
  shell: Shell,
  model: string,
  flags: ModelEvaluateFlags,
): Promise<number> {
  const format = readOneOf("--format", flags.format, ["text", "json", "html"]);
  const input = {
    folder: shell.folder,
    config: await configOf(shell, flags, evaluateFlags),
    nowMs: Date.now(),
    model,
    ...(flags.folds === undefined ? {} : { folds: readBetween("--folds", flags.folds, 1, 50) }),
    jobs: readBetween("--jobs", flags.jobs ?? 1, 1, 64),
    command: shownCommand(shell.args),
  };
  const evaluation = await withProgress(shell, flags, jobs.evaluateModel, input, { stuckAfterSeconds });
  if (flags.quiet !== true) for (const warning of evaluation.warnings) shell.err(`warning ${warning}`);
  const { schema, ...content } = evaluation;
  let path: string | null = null;
  if (format === "html" || flags.file !== undefined) {
    const { writeEvaluation } = await import("../../../app/evaluation/write-evaluation.ts");
    const file = flags.file ?? `${model.replace("@", "-")}-evaluation.html`;
    path = writeEvaluation(evaluation, shell.folder, file);
  }
  if (flags.json === true || format === "json")
    shell.out(envelope(schema, path === null ? content : { ...content, path }));
  else if (format === "text") shell.out(evaluationText(evaluation));
  else shell.out(`${evaluation.verdict}\n${path}`);
  return exitCodes.ok;
}
