import { accountDefinitions } from "./definitions/account-definitions.ts";
import type { MetricDefinition } from "./definitions/metric-definition.ts";
import { returnDefinitions } from "./definitions/return-definitions.ts";
import { riskDefinitions } from "./definitions/risk-definitions.ts";
import { significanceDefinitions } from "./definitions/significance-definitions.ts";
import { tradeDefinitions } from "./definitions/trade-definitions.ts";

const all = [
  ...returnDefinitions,
  ...riskDefinitions,
  ...significanceDefinitions,
  ...tradeDefinitions,
  ...accountDefinitions,
] as const;

/** Every number of a `MetricsReport` with its convention, in the order of a full table. */
export const metricDefinitions: readonly (MetricDefinition & { readonly key: MetricKey })[] = all;

/** Name of a metric. */
export type MetricKey = (typeof all)[number]["key"];

/** The values behind the symbols N and rf. */
type ConventionValues = { readonly periodsPerYear: number; readonly riskFreeRate: number };

const definitionOf = new Map<MetricKey, MetricDefinition>(all.map((each) => [each.key, each]));

/** The convention of a metric with the values of N and rf where its formula uses them. */
export function conventionOf(key: MetricKey, values: ConventionValues): string {
  const { convention } = definitionOf.get(key)!;
  const used: string[] = [];
  if (/\bN\b/.test(convention)) used.push(`N = ${roundedN(values.periodsPerYear)} per year`);
  if (/\brf\b/.test(convention)) used.push(`rf = ${values.riskFreeRate} per year`);
  return used.length === 0 ? convention : `${convention}; ${used.join(", ")}`;
}

/** Measured, so rarely whole: two decimals are more than enough to recompute a ratio by. */
function roundedN(periodsPerYear: number): number {
  return Math.round(periodsPerYear * 100) / 100;
}
