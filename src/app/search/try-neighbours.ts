import type { Params, ParamValue } from "../../domain/params.ts";
import { performAll, type SearchHooks, type SearchPlan } from "./run-search.ts";
import type { Place } from "./place.ts";
import type { TrialTask } from "./trial.ts";

/** The same strategy with one parameter a step away. */
export type Neighbour = {
  readonly name: string;
  readonly value: number;
  readonly totalReturn: number | null;
  readonly sharpe: number | null;
};

/**
 * What the parameters one step away on each side make, each alone: on a plateau they make nearly the same. Nothing is chosen
 * among them, so they are no trials.
 */
export async function tryNeighbours(
  plan: SearchPlan,
  place: Place,
  hooks: Pick<SearchHooks, "columnsFor" | "onLoss">,
): Promise<readonly Neighbour[]> {
  const { strategy, params } = plan;
  const where = strategy.where as ((p: Readonly<Record<string, ParamValue>>) => boolean) | undefined;
  const steps = Object.entries(strategy.params as Params).flatMap(([name, param]) => {
    if (param.kind !== "int" && param.kind !== "float") return [];
    const own = Number(params[name]);
    return [own - param.step, own + param.step]
      .map((value) => Number(value.toPrecision(12)))
      .filter((value) => value >= param.min && where?.({ ...params, [name]: value }) !== false)
      .map((value) => ({ name, value }));
  });
  const tasks = steps.map(({ name, value }, index): TrialTask => ({
    index,
    params: { ...params, [name]: value },
    settings: {},
    share: 1,
    wantsReturns: false,
  }));
  const outcomes = await performAll(plan, place, hooks, tasks);
  return steps.map((step, k) => {
    const outcome = outcomes[k]!;
    const measures = outcome.kind === "measured" ? outcome.inSample : {};
    return { ...step, totalReturn: measures["totalReturn"] ?? null, sharpe: measures["sharpe"] ?? null };
  });
}
