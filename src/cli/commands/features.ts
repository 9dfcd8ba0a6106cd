import { resolve } from "node:path";
import { barsRequestOf } from "../../app/bars/bars-request.ts";
import { computeFeatures } from "../../app/features/compute-features.ts";
import { describeSet, describeSets, type FeatureDescription } from "../../app/features/describe-set.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { dataFlags } from "../flags/run-flags.ts";
import { configOf } from "../flags/config-of.ts";
import { type DataFlags } from "./data/data-context.ts";
import { envelope } from "../output/json.ts";
import { pairs, table } from "../output/table.ts";
import type { Shell } from "../shell.ts";

/** `kiwi features list`. */
export async function featuresListCommand(shell: Shell, flags: CommonFlags): Promise<number> {
  const sets = describeSets();
  if (flags.json === true) {
    const list = sets.map(({ features, ...set }) => ({ ...set, features: features.length }));
    shell.out(envelope("feature-sets@1", { sets: list }));
  } else
    shell.out(
      table(
        [
          { title: "set" },
          { title: "version", align: "right" },
          { title: "features", align: "right" },
          { title: `warm-up on ${sets[0]!.timeframe} bars` },
          { title: "what it looks at" },
        ],
        sets.map(({ name, version, features, warmup, summary }) => [
          name,
          String(version),
          String(features.length),
          warmup,
          summary,
        ]),
      ),
    );
  return 0;
}

/** `kiwi features show`. */
export async function featuresShowCommand(shell: Shell, name: string, flags: CommonFlags): Promise<number> {
  const set = describeSet(name);
  if (flags.json === true) {
    shell.out(envelope("feature-set@1", set));
    return 0;
  }
  const { version, summary, timeframe, warmup, features } = set;
  shell.out(
    pairs([
      ["name", name],
      ["version", String(version)],
      ["summary", summary],
      ["shown for", `${timeframe} bars`],
      ["warm-up", `${warmup} before the first complete row; rows before it are NaN`],
    ]),
  );
  const range = { title: "range" };
  const rows = features.map((feature) => [feature.name, rangeText(feature), feature.warmup, feature.meaning]);
  shell.out(`\n${table([{ title: "feature" }, range, { title: "warm-up" }, { title: "meaning" }], rows)}`);
  const expressions = features.map((feature) => [feature.name, feature.expression]);
  shell.out(`\n${table([{ title: "feature" }, { title: "expression" }], expressions)}`);
  return 0;
}

export type FeaturesComputeFlags = DataFlags & { readonly toFolder?: string };

/** `kiwi features compute`: the features of a set over bars, kept in a folder that programs read from. */
export async function featuresComputeCommand(
  shell: Shell,
  name: string,
  flags: FeaturesComputeFlags,
): Promise<number> {
  const config = await configOf(shell, flags, dataFlags);
  const request = barsRequestOf({ folder: resolve(shell.folder), config, nowMs: Date.now() });
  const folder = resolve(shell.folder, flags.toFolder ?? ".kiwi/features");
  const computed = await computeFeatures(name, request, config, folder, (text) => shell.err(text));
  if (flags.json === true) {
    shell.out(envelope("features-compute@1", { set: name, folder, series: computed }));
    return 0;
  }
  const right = { align: "right" } as const;
  const columns = [
    { title: "symbol" },
    { title: "tf" },
    { title: "rows", ...right },
    { title: "complete from row", ...right },
  ];
  const rows = computed.map(({ symbol, timeframe, rows: length, firstCompleteRow, kind, rowsWritten }) => [
    symbol,
    timeframe,
    String(length),
    firstCompleteRow < length ? String(firstCompleteRow) : "none",
    kind,
    String(rowsWritten),
  ]);
  shell.out(`${table([...columns, { title: "outcome" }, { title: "written", ...right }], rows)}\n${folder}`);
  return 0;
}

function rangeText({ range: [least, most] }: FeatureDescription): string {
  if (least !== null && most !== null) return `${least} to ${most}`;
  return least === null ? "any" : `${least} and up`;
}
