import { describeSet, describeSets, type FeatureDescription } from "../../app/features/describe-set.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
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

function rangeText({ range: [least, most] }: FeatureDescription): string {
  if (least !== null && most !== null) return `${least} to ${most}`;
  return least === null ? "any" : `${least} and up`;
}
