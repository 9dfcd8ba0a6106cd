import { jobs } from "../../app/jobs/job-table.ts";
import { availableParallelism } from "node:os";
import { exitCodes, KiwiError } from "../../base/errors.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { CommonFlags, ConfigFlags, ProgressFlags } from "../declare/common-flags.ts";
import { invalidFlag } from "../flags/flag-errors.ts";
import type { FlagValues } from "../flags/flag-layer.ts";
import { queueUrl, type QueueFlags } from "../flags/queue-url.ts";
import { trainFlags } from "../flags/train-flags.ts";
import { envelope } from "../output/json.ts";
import { outcomeText } from "../output/model-text.ts";
import { errorContent, errorText, exitCodeOf } from "../output/print-error.ts";
import type { Shell } from "../shell.ts";
import type { TrainRegimeInput, TrainRegimeOutput } from "../../app/jobs/models/train-regime-job.ts";
import type { KiwiConfig } from "../../app/config/config-schema.ts";
import { configOf } from "../flags/config-of.ts";
import { readTimeframe } from "./data/data-context.ts";
import { stoppableOnTheSpot } from "./stoppable.ts";
import { keptModels } from "./training/kept-models.ts";
import { withProgress } from "./with-progress.ts";

export type TrainFlags = CommonFlags &
  ProgressFlags &
  ConfigFlags &
  QueueFlags &
  FlagValues & {
    readonly name?: string;
    readonly states?: string;
    readonly restarts?: number;
    readonly jobs?: number;
    readonly block?: number;
    readonly ifDue?: string;
  };

/**
 * `kiwi train regime`: one model of the regimes for each symbol. One symbol that cannot be trained does not keep the others from
 * it; the exit code is that of the first failure.
 */
export async function trainCommand(shell: Shell, flags: TrainFlags): Promise<number> {
  const input = await inputOf(shell, flags);
  const { trained, warnings } = await stoppableOnTheSpot(
    shell,
    () => withProgress(shell, flags, jobs.trainRegime, input),
    await keptModels(shell),
  );
  const own = trained.flatMap((one) =>
    one.kind === "done" && one.outcome.kind === "trained" ? one.outcome.warnings : [],
  );
  if (flags.quiet !== true) for (const warning of [...warnings, ...own]) shell.err(`warning ${warning}`);
  const [first] = trained;
  if (trained.length === 1 && first!.kind === "failed") throw new KiwiError(first!.parts);
  print(shell, flags, trained);
  const failed = trained.find((one) => one.kind === "failed");
  return failed === undefined ? exitCodes.ok : exitCodeOf(new KiwiError(failed.parts));
}

function print(shell: Shell, flags: TrainFlags, trained: TrainRegimeOutput["trained"]): void {
  if (flags.json === true) {
    const models = trained.map((one) =>
      one.kind === "failed"
        ? { symbol: one.symbol, error: errorContent(new KiwiError(one.parts)) }
        : one.outcome,
    );
    const isWhole = trained.every(({ kind }) => kind === "done");
    shell.out(envelope("train@1", { models }, isWhole));
    return;
  }
  const texts = trained.flatMap((one) => (one.kind === "done" ? [outcomeText(one.outcome)] : []));
  if (texts.length > 0) shell.out(texts.join("\n\n"));
  for (const one of trained) {
    if (one.kind === "failed")
      shell.err(`${one.symbol} was not trained\n${errorText(new KiwiError(one.parts), shell)}`);
  }
}

async function inputOf(shell: Shell, flags: TrainFlags): Promise<TrainRegimeInput> {
  return regimeInput(shell, flags, await configOf(shell, flags, trainFlags));
}

/** What training models of regimes is asked for by flags. Throws `FLAG_INVALID`. */
export function regimeInput(shell: Shell, flags: TrainFlags, config: KiwiConfig): TrainRegimeInput {
  const [statesMin, statesMax] = readStates(flags.states ?? "3");
  return {
    folder: shell.folder,
    config,
    nowMs: Date.now(),
    name: flags.name,
    statesMin,
    statesMax,
    restarts: readCount("--restarts", flags.restarts, 8, 1, 1_000),
    jobs: readCount("--jobs", flags.jobs, availableParallelism(), 1, 256),
    queue: queueUrl(shell, flags),
    blockBars: flags.block === undefined ? undefined : readCount("--block", flags.block, 24, 2, 500),
    everyMs: readIfDue(flags.ifDue),
  };
}

/** How much of the bars the newest version may have missed; undefined where it does not matter. */
export function readIfDue(text: string | undefined): number | undefined {
  return text === undefined ? undefined : timeframeMs(readTimeframe(text));
}

/** Reads `3` or `2-5`. */
function readStates(text: string): readonly [number, number] {
  const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(text.trim());
  const least = Number(match?.[1]);
  const most = Number(match?.[2] ?? match?.[1]);
  if (least >= 1 && least <= most && most <= 12) return [least, most];
  throw invalidFlag("--states", text, "a number from 1 to 12, or two such as 2-5");
}

/** Reads a whole number of a range. Throws `FLAG_INVALID`. */
export function readCount(
  flag: string,
  given: number | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  const count = given ?? fallback;
  if (Number.isInteger(count) && count >= least && count <= most) return count;
  throw invalidFlag(flag, String(given), `a whole number from ${least} to ${most}`);
}
