import type { AskModelsInput } from "../../../app/jobs/models/ask-models-job.ts";
import { jobs } from "../../../app/jobs/job-table.ts";
import { exitCodes } from "../../../base/errors.ts";
import type { CommonFlags, ConfigFlags, ProgressFlags } from "../../declare/common-flags.ts";
import { configOf } from "../../flags/config-of.ts";
import type { FlagValues } from "../../flags/flag-layer.ts";
import { readBetween } from "../../flags/read-values.ts";
import { askFlags } from "../../flags/train-flags.ts";
import { comparedText, driftText } from "../../output/models/drift-text.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";
import { withProgress } from "../with-progress.ts";

export type ModelAskFlags = CommonFlags &
  ProgressFlags &
  ConfigFlags &
  FlagValues & { readonly rows?: number };

const rowsUsual = 1_000;

/** `kiwi model drift`: whether a model has been left behind by its market. Exit 5 when it has. */
export async function modelDriftCommand(shell: Shell, model: string, flags: ModelAskFlags): Promise<number> {
  const rowsMax = readBetween("--rows", flags.rows ?? rowsUsual, 50, 10_000_000);
  const found = await ask(shell, flags, { kind: "drift", model, rowsMax });
  if (found.kind !== "drift") return exitCodes.bug;
  const { drift, dataKind } = found;
  const isLeft = drift.level === "drifted";
  if (flags.json === true)
    shell.out(envelope("model-drift@1", { model: found.model, dataKind, drift }, !isLeft));
  else shell.out(driftText(found.model, drift));
  return isLeft ? exitCodes.check : exitCodes.ok;
}

/** `kiwi model compare`: the version in use against another, on bars that neither has seen. */
export async function modelCompareCommand(
  shell: Shell,
  model: string,
  other: string | undefined,
  flags: ModelAskFlags,
): Promise<number> {
  const found = await ask(shell, flags, {
    kind: "compare",
    model,
    ...(other === undefined ? {} : { other }),
  });
  if (found.kind !== "compare") return exitCodes.bug;
  const { champion, challenger, compared, dataKind } = found;
  if (flags.json === true)
    shell.out(envelope("model-compare@1", { champion, challenger, dataKind, ...compared }));
  else shell.out(comparedText(champion, challenger, compared));
  return exitCodes.ok;
}

async function ask(shell: Shell, flags: ModelAskFlags, question: AskModelsInput["question"]) {
  const config = await configOf(shell, flags, askFlags);
  const input = { folder: shell.folder, config, nowMs: Date.now(), question };
  const found = await withProgress(shell, flags, jobs.askModels, input, { stuckAfterSeconds: 600 });
  if (flags.quiet !== true) for (const warning of found.warnings) shell.err(`warning ${warning}`);
  return found;
}
