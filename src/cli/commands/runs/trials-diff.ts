import { metricDefinitions } from "../../../analysis/metrics/metric-definitions.ts";
import { metricText } from "../../../analysis/report/metric-text.ts";
import { configDifferences, textOf } from "../../../app/config/config-diff.ts";
import { readTrial, type NamedTrial } from "../../../app/search/read-trial.ts";
import type { CommonFlags } from "../../declare/common-flags.ts";
import { envelope } from "../../output/json.ts";
import { table } from "../../output/table.ts";
import type { Shell } from "../../shell.ts";

type Measures = NamedTrial["row"]["inSample"];
type Pair = { readonly key: string; readonly before: number | null; readonly after: number | null };

/** `kiwi runs diff SEARCH/TRIAL SEARCH/TRIAL`: parameters that differ, and what each made, before and after the search stopped looking. */
export function trialsDiffCommand(shell: Shell, one: string, other: string, flags: CommonFlags): number {
  const [before, after] = [readTrial(shell.folder, one), readTrial(shell.folder, other)];
  const trials = [before, after].map(({ searchId, row }) => `${searchId}/${row.trial}`);
  const settings = configDifferences(toldOf(before), toldOf(after));
  const inSample = numbersOf(before.row.inSample, after.row.inSample);
  const outOfSample = numbersOf(before.row.outOfSample ?? {}, after.row.outOfSample ?? {});
  const value = { before: before.row.value, after: after.row.value };
  if (flags.json === true) {
    shell.out(envelope("trials-diff@1", { trials, settings, value, inSample, outOfSample }));
    return 0;
  }
  shell.out(`${trials[0]}  ->  ${trials[1]}`);
  shell.out(
    settings.length === 0
      ? "\nthe same parameters and settings"
      : `\n${columns(
          "setting",
          settings.map((row) => [row.path, textOf(row.before), textOf(row.after)]),
        )}`,
  );
  shell.out(`\n${columns("seen by the search", numberRows(inSample, value))}`);
  if (outOfSample.length > 0) shell.out(`\n${columns("not seen by it", numberRows(outOfSample))}`);
  return 0;
}

function toldOf({ row: { setting, share, status, why } }: NamedTrial): Readonly<Record<string, unknown>> {
  return { ...setting, "share of the bars": share, status, ...(why === null ? {} : { why }) };
}

function numbersOf(before: Measures, after: Measures): readonly Pair[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.map((key) => ({ key, before: before[key] ?? null, after: after[key] ?? null }));
}

function numberRows(
  numbers: readonly Pair[],
  value?: Omit<Pair, "key">,
): readonly (readonly [string, string, string])[] {
  const rows = numbers.map(({ key, before, after }) => {
    const { label, unit } = metricDefinitions.find((one) => one.key === key)!;
    return [label, metricText(unit, before), metricText(unit, after)] as const;
  });
  if (value === undefined) return rows;
  return [["value", metricText("ratio", value.before), metricText("ratio", value.after)], ...rows];
}

function columns(title: string, rows: readonly (readonly [string, string, string])[]): string {
  return table([{ title }, { title: "before", align: "right" }, { title: "after", align: "right" }], rows);
}
