import { didYouMean } from "../../base/nearest.ts";
import { metricDefinitions, type MetricKey } from "../../analysis/metrics/metric-definitions.ts";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { KiwiError } from "../../base/errors.ts";

/** What `--fail-if` asks: `sharpe<1`, `maxDrawdown>20%`. */
type FailCondition = {
  readonly text: string;
  readonly key: string;
  readonly operator: "<" | "<=" | ">" | ">=" | "==";
  readonly limit: number;
};

/** A condition and what became of it. */
export type FailOutcome = {
  readonly condition: string;
  readonly value: number | null;
  readonly failed: boolean;
};

const pattern = /^\s*([A-Za-z]\w*)\s*(<=|>=|==|<|>)\s*(-?[\d.]+(?:e-?\d+)?)\s*(%?)\s*$/;

/** Reads conditions. Throws `FAIL_IF_INVALID`, naming the nearest metric. */
export function readFailConditions(
  texts: readonly string[],
  others: readonly string[] = [],
): readonly FailCondition[] {
  return texts.map((text) => {
    const match = pattern.exec(text);
    const limit = Number(match?.[3]);
    if (match === null || Number.isNaN(limit)) {
      throw failIfError(
        `--fail-if cannot be "${text}"`,
        "a condition is a metric, one of < <= > >= ==, and a number",
        "write for example --fail-if 'sharpe<1' or --fail-if 'maxDrawdown>20%'",
      );
    }
    const keys: readonly string[] = [...metricDefinitions.map(({ key }) => key), ...others];
    const key = keys.find((known) => known.toLowerCase() === match[1]!.toLowerCase());
    if (key === undefined) {
      throw failIfError(
        `--fail-if "${text}": there is no metric ${match[1]}`,
        `the metrics are ${keys.join(", ")}`,
        didYouMean(match[1]!, keys),
      );
    }
    const operator = match[2] as FailCondition["operator"];
    return { text: text.trim(), key, operator, limit: match[4] === "%" ? limit / 100 : limit };
  });
}

/** Tries conditions on metrics. A metric that does not exist fails: nobody can say that it is good enough. */
export function tryFailConditions(
  conditions: readonly FailCondition[],
  metrics: MetricsReport,
  others: Readonly<Record<string, number | null>> = {},
): readonly FailOutcome[] {
  return conditions.map(({ text, key, operator, limit }) => {
    const value = others[key] ?? metrics[key as MetricKey] ?? null;
    return { condition: text, value, failed: value === null || holds(value, operator, limit) };
  });
}

function holds(value: number, operator: FailCondition["operator"], limit: number): boolean {
  switch (operator) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "==":
      return value === limit;
  }
}

function failIfError(message: string, why: string, fix: string): KiwiError {
  return new KiwiError({ code: "FAIL_IF_INVALID", exit: "usage", message, why, fix, topic: "fail-if" });
}
