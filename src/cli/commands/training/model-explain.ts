import { jobs } from "../../../app/jobs/job-table.ts";
import { readDay } from "../../../app/config/read-day.ts";
import type { CommonFlags, ConfigFlags, ProgressFlags } from "../../declare/common-flags.ts";
import { configOf } from "../../flags/config-of.ts";
import type { FlagValues } from "../../flags/flag-layer.ts";
import { trainFlags } from "../../flags/train-flags.ts";
import { modelExplainedText } from "../../output/model-explained-text.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";
import { withProgress } from "../with-progress.ts";

export type ModelExplainFlags = CommonFlags &
  ProgressFlags &
  ConfigFlags &
  FlagValues & { readonly at?: string };

/** `kiwi model explain`: what each feature adds to an answer, or which features a model needs. */
export async function modelExplainCommand(
  shell: Shell,
  model: string,
  flags: ModelExplainFlags,
): Promise<number> {
  const request = {
    folder: shell.folder,
    config: await configOf(shell, flags, trainFlags),
    nowMs: Date.now(),
    model,
    ...(flags.at === undefined ? {} : { atMs: readDay(flags.at, "--at") }),
  };
  const explained = await withProgress(shell, flags, jobs.explainModel, request);
  if (flags.json === true) shell.out(envelope("model-explain@1", explained));
  else shell.out(modelExplainedText(explained));
  return 0;
}
