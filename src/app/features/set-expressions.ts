import { listExpressions } from "../../analysis/checks/list-expressions.ts";
import { canonicalJson, sha256Of } from "../../base/hash.ts";
import { barSeries, timeframeFrame, type Expr } from "../../domain/expression.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { FeatureSet } from "../../features/feature-set.ts";

/** The features of a set as expressions over bars of `timeframe`, by name, in the order of the columns. */
export function expressionsOf(set: FeatureSet, timeframe: Timeframe): Readonly<Record<string, Expr>> {
  return set.features({
    bars: barSeries(),
    tf: (higher) => barSeries(timeframeFrame(higher)),
    timeframe,
  });
}

/** SHA-256 over names and expressions, and over the own code of every indicator in them. */
export function definitionHash(expressions: Readonly<Record<string, Expr>>): string {
  const keys = Object.entries(expressions).map(([name, { key }]) => [name, key]);
  const code = new Map<string, string>();
  for (const { expression } of listExpressions(expressions)) {
    if (expression.node.kind !== "indicator") continue;
    const { name, warmup, settling, create } = expression.node.definition;
    code.set(name, `${name}\n${String(warmup)}\n${String(settling)}\n${String(create)}\n`);
  }
  return sha256Of([canonicalJson(keys), ...code.values()]);
}
