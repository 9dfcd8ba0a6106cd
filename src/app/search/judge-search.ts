import type { MetricKey } from "../../analysis/metrics/metric-definitions.ts";
import { searchLuck, type SearchLuck } from "../../analysis/validation/search-luck.ts";
import type { Point } from "../../search/search-space.ts";
import { splitSetting } from "./read-space.ts";
import { performAll, type SearchHooks, type SearchPlan, type SearchTable } from "./run-search.ts";
import type { Place } from "./place.ts";
import { ranked, type SearchRow } from "./search-row.ts";
import type { TrialOutcome, TrialTask } from "./trial.ts";

const sampleKeys: readonly MetricKey[] = ["sharpePerPeriod", "skew", "kurtosis", "periods", "periodsPerYear"];

type Hooks = Pick<SearchHooks, "columnsFor" | "onLoss">;
type Measured = Extract<TrialOutcome, { kind: "measured" }>;

/** How much of the best trial is luck: its own returns, all trials' Sharpe ratios, and what the ledger counts. */
export async function judgeSearch(
  plan: SearchPlan,
  place: Place,
  hooks: Hooks,
  { rows, returns }: SearchTable,
  trialCount: number,
): Promise<SearchLuck | null> {
  const [best] = ranked(rows);
  if (best === undefined || best.value === null) return null;
  const missing = rows.filter(
    ({ trial, share, inSample }) =>
      share === 1 && trial % plan.returnsEvery === 0 && !returns.has(trial) && "sharpe" in inSample,
  );
  const again = await performAll(
    plan,
    place,
    hooks,
    missing.map((row) => taskAgain(plan, row)),
  );
  const whole = {
    ...plan,
    piece: { ...plan.piece, measuring: { ...plan.piece.measuring, keys: sampleKeys } },
  };
  const [own] = await performAll(whole, place, hooks, [taskAgain(plan, best)]);
  const all = [
    ...returns.values(),
    ...again.flatMap((one) => (one.kind === "measured" ? [one.returns!] : [])),
  ];
  const { inSample } = own as Measured;
  const { sharpePerPeriod, skew, kurtosis, periods, periodsPerYear, sharpe } = inSample;
  const isKnown =
    sharpePerPeriod != null && skew != null && kurtosis != null && periods != null && periods > 1;
  const perYear = periodsPerYear ?? 1;
  const scale =
    sharpe != null && sharpePerPeriod != null && sharpe !== 0
      ? sharpePerPeriod / sharpe
      : 1 / Math.sqrt(perYear);
  return searchLuck({
    sample: isKnown ? { sharpe: sharpePerPeriod, count: periods, skew, kurtosis } : null,
    periodsPerYear: perYear,
    trialCount,
    trialSharpes: Float64Array.from(
      rows.flatMap((row) =>
        row.share === 1 && row.inSample["sharpe"] != null ? [row.inSample["sharpe"] * scale] : [],
      ),
    ),
    trialReturns: all,
    outOfSampleSharpe: best.outOfSample?.["sharpe"] ?? null,
  });
}

function taskAgain({ strategy, params }: SearchPlan, { trial, share, setting }: SearchRow): TrialTask {
  const varied = splitSetting(setting, strategy);
  return {
    index: trial,
    params: { ...params, ...varied.params },
    settings: varied.settings,
    share,
    wantsReturns: true,
  };
}

/** Values of each dimension that are tried to see whether it changes anything. */
const probesEach = 3;

/**
 * Dimensions that change nothing, neither about the first trial nor about the best: the strategy does not read them, or
 * they never come to bear. These runs choose nothing, so they are no trials.
 */
export async function ignoredDimensions(
  plan: SearchPlan,
  place: Place,
  hooks: Hooks,
  { rows }: SearchTable,
): Promise<readonly string[]> {
  const whole = ranked(rows).filter(({ inSample }) => "trades" in inSample);
  const bases = [...new Set([whole[0], whole.at(-1)])].filter((row) => row !== undefined);
  // Where nothing was traded, nothing can change.
  const traded = bases.filter(({ inSample }) => (inSample["trades"] ?? 0) > 0);
  if (traded.length === 0) return [];
  const suspects = await Promise.all(
    plan.space.dimensions.map(async (dimension, k) => {
      const probes = traded.flatMap((row) => neighbours(plan, row, k).map((setting) => ({ row, setting })));
      if (probes.length === 0) return null;
      const outcomes = await performAll(
        plan,
        place,
        hooks,
        probes.map(({ row, setting }) => taskAgain(plan, { ...row, setting })),
      );
      const isSame = outcomes.every(
        (one, p) =>
          one.kind === "measured" &&
          JSON.stringify(one.inSample) === JSON.stringify(ordered(one, probes[p]!.row)),
      );
      return isSame ? dimension.name : null;
    }),
  );
  return suspects.filter((name) => name !== null);
}

/** The measures of a row in the order of an outcome: a table sorts its keys. */
function ordered(one: Measured, { inSample }: SearchRow): Measured["inSample"] {
  return Object.fromEntries(Object.keys(one.inSample).map((key) => [key, inSample[key] ?? null]));
}

function neighbours(
  { space }: SearchPlan,
  { setting }: SearchRow,
  k: number,
): readonly SearchRow["setting"][] {
  const point = pointOf(space.dimensions, setting);
  const { values } = space.dimensions[k]!;
  const others = values.map((_, index) => index).filter((index) => index !== point[k]);
  const spread = Array.from(
    { length: Math.min(probesEach, others.length) },
    (_, p) => others[Math.floor(((p + 1) * others.length) / (probesEach + 1))]!,
  );
  return [...new Set(spread)]
    .map((index): Point => point.map((own, d) => (d === k ? index : own)))
    .filter((other) => space.allows(other) && space.canonical(other).every((index, d) => index === other[d]))
    .map((other) => space.settingAt(other));
}

function pointOf(dimensions: SearchPlan["space"]["dimensions"], setting: SearchRow["setting"]): Point {
  return dimensions.map(({ name, values }) => values.indexOf(setting[name]!));
}
