import { bool, choice, float, int } from "../domain/params.ts";
import { regimeLabels } from "../domain/regime.ts";
import { definePlugin } from "../ports/plugin.ts";
import type { Candidate, Selection, SelectionContext } from "../ports/selector.ts";
import { GrowthRecord } from "./growth-records.ts";
import { rankScores } from "./rank-scores.ts";
import type { EdgePrior } from "./weigh-evidence.ts";

type Options = {
  readonly otherwise: "first" | "cash";
  readonly edgeShare: number;
  readonly edgeSharpe: number;
  readonly horizonBars: number;
  readonly holdBarsMin: number;
  readonly leadMin: number;
  readonly blend: boolean;
  readonly unknownShare: number;
};

const nobody = -1;
/**
 * Compares every strategy, and holding nothing, with what trades otherwise (by default the first of the arsenal), regime
 * by regime. The growth of a bar is its mean less half its variance. A difference counts as far as the evidence for it
 * goes (`weighEvidence`): overall first, and then, around that, in each regime; the regimes are weighted with the present
 * posterior. A newcomer must also earn back, over the horizon, what taking over the position costs.
 */
export const regimePerformance = definePlugin({
  kind: "selector",
  name: "regime-performance",
  summary:
    "Chooses what has proved better than the first strategy in the present regime, net of the cost of switching.",
  options: {
    otherwise: choice(
      ["first", "cash"],
      "what trades while nothing has proved better: the first strategy of the arsenal, or nothing",
    ),
    edgeShare: float(0.005, { min: 0.001, max: 0.9, step: 0.05 }, "share of differences expected to be real"),
    edgeSharpe: float(
      3,
      { min: 0.1, max: 20, step: 0.5 },
      "size of a real difference, as a Sharpe ratio a year",
    ),
    horizonBars: int(200, { min: 1, max: 10_000 }, "bars over which a switch must earn back its cost"),
    holdBarsMin: int(10, { min: 0, max: 10_000 }, "bars for which a choice stands at least"),
    leadMin: float(
      0.05,
      { min: 0, max: 1, step: 0.01 },
      "growth a year by which a newcomer must be better, as far as that is proved",
    ),
    blend: bool(false, "share the money among all that have proved better instead of choosing one"),
    unknownShare: float(
      0.5,
      { min: 0, max: 1, step: 0.1 },
      "share of the usual size while the regime is unknown",
    ),
  },
  create(options) {
    let hasBegun = false;
    const comparing: Comparing = {
      base: new GrowthRecord(),
      one: new GrowthRecord(),
      probabilities: new Float64Array(regimeLabels.length),
    };
    return {
      select(context) {
        const scores = scoresOf(context, options, comparing);
        const share = context.regime.label === "unknown" ? options.unknownShare : 1;
        const picked = options.blend ? mix(context, scores) : pick(context, scores, options, hasBegun);
        hasBegun ||= picked.strategy !== nobody;
        return { ...picked, share, scores: scores.candidates };
      },
    };
  },
});

/** Expected growth per bar beyond that of what trades otherwise, after the cost of switching; NaN: not considered. */
type Scores = {
  readonly candidates: Float64Array;
  readonly nobody: number;
  /** Whether holding nothing needs a proof: somebody trades otherwise. */
  readonly hasBase: boolean;
};

/** What is compared at a decision, reused: nothing of it outlives one. */
type Comparing = {
  readonly base: GrowthRecord;
  readonly one: GrowthRecord;
  readonly probabilities: Float64Array;
};

function scoresOf(context: SelectionContext, options: Options, comparing: Comparing): Scores {
  const { candidates, current, switchCost, barsPerYear, regime } = context;
  const prior: EdgePrior = { share: options.edgeShare, bars: barsPerYear / options.edgeSharpe ** 2 };
  const [first] = candidates;
  const base = options.otherwise === "first" && first?.isReady === true ? first : null;
  const { one, probabilities } = comparing;
  for (let k = 0; k < regimeLabels.length; k++) probabilities[k] = regime.posterior[regimeLabels[k]!];
  comparing.base.read(base, regime);
  const advantageOf = (candidate: Candidate | null): number => {
    if (candidate === base) return 0;
    one.read(candidate, regime);
    return one.beyond(comparing.base, probabilities, prior);
  };
  const leaving = current === nobody ? 0 : switchCost.reduce((most, cost) => Math.max(most, cost), 0);
  const scores = new Float64Array(candidates.length).fill(Number.NaN);
  for (let k = 0; k < scores.length; k++) {
    const candidate = candidates[k]!;
    // What trades otherwise is not there for what it has proved, and cannot lose that.
    if (!candidate.isReady || (candidate.demotion !== null && candidate !== base)) continue;
    const cost = k === current ? 0 : switchCost[k]! / options.horizonBars;
    scores[k] = advantageOf(candidate) - cost;
  }
  return {
    candidates: scores,
    nobody: advantageOf(null) - leaving / options.horizonBars,
    hasBase: base !== null,
  };
}

type Picked = Omit<Selection, "share" | "scores">;

function pick(
  context: SelectionContext,
  scores: Scores,
  { holdBarsMin, leadMin }: Options,
  hasBegun: boolean,
): Picked {
  const { current, candidates, regime } = context;
  const order = rankScores(scores.candidates);
  // Before anybody has traded, holding nothing must be proved like any newcomer.
  const mayBeNobody = !scores.hasBase || scores.nobody * context.barsPerYear > (hasBegun ? 0 : leadMin);
  const isNobodyBest = order.length === 0 || (mayBeNobody && scores.nobody >= scores.candidates[order[0]!]!);
  const scoreOf = (k: number): number => (k === nobody ? scores.nobody : scores.candidates[k]!);
  const mayStay = current === nobody ? mayBeNobody : !Number.isNaN(scores.candidates[current]!);
  // Where the present choice cannot stay, what trades otherwise follows, unless another one has proved its lead over it.
  const isProved = (k: number): boolean => scoreOf(k) * context.barsPerYear > leadMin;
  const leader = isNobodyBest ? nobody : order[0]!;
  const best = mayStay || !scores.hasBase || order.length === 0 || isProved(leader) ? leader : 0;
  const runnerUpTo = (chosen: number): number => order.find((k) => k !== chosen) ?? nobody;
  if (order.length === 0 && !(mayStay && current !== nobody))
    return {
      action: current === nobody ? "hold" : "exit",
      strategy: nobody,
      blend: null,
      runnerUp: nobody,
      reason: `nobody may trade: ${demotionsOf(candidates)}`,
    };
  const leadPerYear = (scoreOf(best) - (mayStay ? scoreOf(current) : 0)) * context.barsPerYear;
  // Going back to what trades otherwise needs no proof: staying away from it does.
  const needed = scores.hasBase && best === 0 ? 0 : leadMin;
  // A choice has its time, also that of nothing; only one that has lost the right to trade has none.
  const isHeld = context.barsSinceSwitch < holdBarsMin && (mayStay || (current === nobody && hasBegun));
  if (isHeld || (mayStay && leadPerYear <= needed))
    return {
      action: "hold",
      strategy: current,
      blend: null,
      runnerUp: runnerUpTo(current),
      reason: `nothing has proved better in ${regime.label}`,
    };
  const why =
    mayStay || current === nobody
      ? ""
      : `${candidates[current]!.demotion?.split(":")[0] ?? "not measured"}; `;
  return {
    action: best === nobody ? "exit" : best === current ? "hold" : "switch",
    strategy: best,
    blend: null,
    runnerUp: mayStay ? current : runnerUpTo(best),
    reason: `${why}${nameOf(candidates, best)} has proved better in ${regime.label}`,
  };
}

function demotionsOf(candidates: readonly Candidate[]): string {
  const reasons = candidates.flatMap(({ name, demotion }) =>
    demotion === null ? [] : [`${name}: ${demotion.split(":")[0]!}`],
  );
  return reasons.join("; ") || "none has been measured long enough";
}

/** Shares in proportion to what is proved beyond holding nothing. */
function mix(context: SelectionContext, scores: Scores): Picked {
  const blend = Float64Array.from(scores.candidates, (score) =>
    Number.isNaN(score) ? 0 : Math.max(0, score - scores.nobody),
  );
  const total = blend.reduce((sum, value) => sum + value, 0);
  for (let k = 0; k < blend.length; k++) blend[k] = total > 0 ? blend[k]! / total : 0;
  const order = rankScores(scores.candidates).filter((k) => blend[k]! > 0);
  const strategy = order[0] ?? nobody;
  const parts = order.filter((k) => blend[k]! >= 0.05).map((k) => context.candidates[k]!.name);
  return {
    action: strategy === context.current ? "hold" : strategy === nobody ? "exit" : "switch",
    strategy,
    blend,
    runnerUp: order[1] ?? nobody,
    reason: parts.join(", ") || `nothing has proved better than nothing in ${context.regime.label}`,
  };
}

function nameOf(candidates: readonly Candidate[], index: number): string {
  return index === nobody ? "holding nothing" : candidates[index]!.name;
}
