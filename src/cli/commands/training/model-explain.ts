import type { ExplainedPrediction } from "../../../app/predictions/explain-prediction-job.ts";
import { jobs } from "../../../app/jobs/job-table.ts";
import { readDay } from "../../../app/config/read-day.ts";
import { formatTime } from "../../../base/time.ts";
import type { CommonFlags, ConfigFlags, ProgressFlags } from "../../declare/common-flags.ts";
import { configOf } from "../../flags/config-of.ts";
import type { FlagValues } from "../../flags/flag-layer.ts";
import { trainFlags } from "../../flags/train-flags.ts";
import { envelope } from "../../output/json.ts";
import { pairs, table } from "../../output/table.ts";
import type { Shell } from "../../shell.ts";
import { withProgress } from "../with-progress.ts";

export type ModelExplainFlags = CommonFlags &
  ProgressFlags &
  ConfigFlags &
  FlagValues & { readonly at?: string };

/** `kiwi model explain`: what a model of direction says about one bar, and what it looked at. */
export async function modelExplainCommand(
  shell: Shell,
  model: string,
  flags: ModelExplainFlags,
): Promise<number> {
  const config = await configOf(shell, flags, trainFlags);
  const explained = await withProgress(shell, flags, jobs.explainPrediction, {
    folder: shell.folder,
    config,
    nowMs: Date.now(),
    model,
    ...(flags.at === undefined ? {} : { atMs: readDay(flags.at, "--at") }),
  });
  if (flags.json === true) shell.out(envelope("model-explain@1", explained));
  else shell.out(textOf(explained));
  return 0;
}

const shown = 12;
const headings = {
  contributions: "adds to the sum",
  selection: "share let in",
  attention: "share looked at",
  trend: "trend goes on",
  season: "season goes on",
} as const;

function textOf(explained: ExplainedPrediction): string {
  const { name, version, family, symbol, closeTimeMs, horizonBars } = explained;
  const { probability, low, high, isLearnedFrom, views } = explained;
  const head = pairs([
    ["model", `${name} version ${version} (${family})`],
    [
      "bar",
      `${symbol}, closed ${formatTime(closeTimeMs)}${isLearnedFrom ? "; the model learned from it" : ""}`,
    ],
    ["up", `${percent(probability)} within ${horizonBars} bars (range ${percent(low)} to ${percent(high)})`],
  ]);
  return [head, ...views.map(viewText)].join("\n\n");
}

/** Steps stand in their order, all else by size. */
function viewText({ kind, base, values }: ExplainedPrediction["views"][number]): string {
  const isSteps = kind === "trend" || kind === "season";
  const sorted = isSteps ? values : values.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rows = sorted.slice(0, shown).map(({ name, value }) => [name, numberText(kind, value)]);
  if (base !== null) rows.push(["with nothing known", base.toFixed(4)]);
  const title = { title: headings[kind], align: "right" } as const;
  const first = { title: kind === "attention" ? "row" : isSteps ? "ahead" : "feature" };
  const left = values.length - shown;
  return table([first, title], rows) + (left > 0 ? `\n(${left} more with --json)` : "");
}

function numberText(kind: keyof typeof headings, value: number): string {
  return kind === "attention" || kind === "selection" ? percent(value) : value.toFixed(4);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
