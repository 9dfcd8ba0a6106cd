import { KiwiError } from "../../base/errors.ts";
import { metricDefinitions, type MetricKey } from "../../analysis/metrics/metric-definitions.ts";
import { readCondition, readFormula, type Condition, type Formula } from "../../search/formula.ts";
import { unmeasuredKeys } from "./measure-rows.ts";
import type { Measures } from "./trial.ts";

/** What a search looks for: a formula over metrics, and what a trial must hold to count. */
export type Objective = {
  readonly formula: Formula;
  /** A single metric of which less is better is made small; a formula is made large, and carries its own signs. */
  readonly direction: 1 | -1;
  readonly requirements: readonly Condition[];
  /** Metrics that stand against each other: the front of their best is shown. */
  readonly front: readonly { readonly key: MetricKey; readonly direction: 1 | -1 }[];
  /** Every metric that any of these name. */
  readonly keys: readonly MetricKey[];
};

/** What a person may ask for. */
export type ObjectiveTexts = {
  readonly objective: string;
  readonly require: readonly string[];
  readonly pareto: readonly string[];
};

const known = metricDefinitions.filter(({ key }) => !unmeasuredKeys.includes(key));
const names = known.map(({ key }) => key);
const isKnown = (name: string): name is MetricKey => (names as readonly string[]).includes(name);

/** Reads an objective. Throws `FORMULA_INVALID`, which lists the metrics. */
export function readObjective({ objective, require, pareto }: ObjectiveTexts): Objective {
  const formula = readFormula(objective, isKnown, names);
  const requirements = require.map((text) => readCondition(text, isKnown, names));
  if (formula.names.length === 0)
    throw noMetric("--objective", objective, "all trials would be equally good");
  const front = pareto.map((text) => {
    const { names: found } = readFormula(text, isKnown, names);
    const key = found.find((one) => one === text.trim());
    if (key === undefined) throw noMetric("--pareto", text, "a front is of metrics, each by itself");
    return { key: key as MetricKey, direction: directionOf(key) };
  });
  const keys = [
    ...formula.names,
    ...requirements.flatMap((one) => one.names),
    ...front.map(({ key }) => key),
  ];
  const isSingle = formula.names.length === 1 && formula.text === formula.names[0];
  return {
    formula,
    direction: isSingle ? directionOf(formula.names[0]!) : 1,
    requirements,
    front,
    keys: [...new Set(keys)] as MetricKey[],
  };
}

function noMetric(flag: string, text: string, why: string): KiwiError {
  return new KiwiError({
    code: "FORMULA_INVALID",
    exit: "usage",
    message: `${flag} cannot be "${text}"`,
    why,
    fix: `name metrics (kiwi runs show last --json lists them), for example ${flag} ${flag === "--pareto" ? "sharpe,maxDrawdown" : "'sharpe - 2 * maxDrawdown'"}`,
    topic: "optimize",
  });
}

function directionOf(name: string): 1 | -1 {
  return known.find(({ key }) => key === name)?.better === "lower" ? -1 : 1;
}

/** The value of a trial: larger is better; over folds the mean of theirs. `null` where it has none. */
export function valueOf(
  { formula, direction }: Objective,
  whole: Measures,
  folds: readonly Measures[],
): number | null {
  const values = (folds.length === 0 ? [whole] : folds).map((measures) =>
    formula.value((name) => measures[name] ?? null),
  );
  if (values.some((value) => value === null)) return null;
  return direction * ((values as number[]).reduce((sum, value) => sum + value, 0) / values.length) + 0;
}

/** The value in each part of the time; larger is better. */
export function partsOf(
  { formula, direction }: Objective,
  folds: readonly Measures[],
): readonly (number | null)[] {
  return folds.map((measures) => {
    const value = formula.value((name) => measures[name] ?? null);
    return value === null ? null : direction * value;
  });
}

/** The first requirement that a trial does not hold, in words; `null` where it holds all. One that nobody can judge is not held. */
export function brokenRequirement({ requirements }: Objective, measures: Measures): string | null {
  return requirements.find((one) => one.holds((name) => measures[name] ?? null) !== true)?.text ?? null;
}
