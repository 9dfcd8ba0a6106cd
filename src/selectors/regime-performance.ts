import { bool, choice, float, int } from "../domain/params.ts";
import { regimeLabels } from "../domain/regime.ts";
import { definePlugin } from "../ports/plugin.ts";
import type { Candidate, PerformanceView, Selection, SelectionContext } from "../ports/selector.ts";
import { rankScores } from "./rank-scores.ts";
import { leadOf, weighEvidence, type Evidence, type Lead } from "./weigh-evidence.ts";

type Options = {
  readonly otherwise: "first" | "cash";
  readonly edgeShare: number;
  readonly edgeSharpe: number;
  readonly takeDeviations: number;
  readonly keepDeviations: number;
  readonly horizonBars: number;
  readonly holdBarsMin: number;
  readonly leadMin: number;
  readonly blend: boolean;
  readonly unknownShare: number;
};

const nobody = -1;
/** Holding nothing, as a performance: nothing gained, nothing risked. */
const cash = { bars: Infinity, mean: 0, deviation: 0 };
/** What trades otherwise is not ahead of itself. */
const none: Lead = { mean: 0, doubt: 0 };

/**
 * Compares every strategy, and holding nothing, with what trades otherwise (by default the first of the arsenal), regime
 * by regime. The growth of a bar is its mean less half its variance. What trades otherwise trades, unless another one
 * leads it in the present regime: by more than its doubt explains (`leadOf`), and by more than taking over the position
 * costs. Whether a lead is proved never depends on who trades, but for one deviation that keeps it from flickering: near
 * ties end at what trades otherwise, and not at whoever happened to be there.
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
    edgeShare: float(
      0.005,
      { min: 0.001, max: 0.9, step: 0.05 },
      "share of strategies expected to differ from the first at all",
    ),
    edgeSharpe: float(
      3,
      { min: 0.1, max: 20, step: 0.5 },
      "size of a real difference, as a Sharpe ratio a year",
    ),
    takeDeviations: float(
      3,
      { min: 0, max: 10, step: 0.5 },
      "standard deviations by which a lead must be above `leadMin` to take over",
    ),
    keepDeviations: float(2, { min: 0, max: 10, step: 0.5 }, "and below which it is given up"),
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
    return {
      select(context) {
        const contest = contestOf(context, options);
        const share = context.regime.label === "unknown" ? options.unknownShare : 1;
        const picked = options.blend ? mix(context, contest) : pick(context, contest, options, hasBegun);
        hasBegun ||= picked.strategy !== nobody;
        return { ...picked, share, scores: contest.scores };
      },
    };
  },
});

type Contest = {
  /** What trades otherwise: 0, or nobody. */
  readonly base: number;
  /** Expected growth per bar beyond that of the base, after the cost of switching; NaN: not considered. */
  readonly scores: Float64Array;
  readonly scoreOfNobody: number;
  /** Whether one leads the base by more than chance, and more than is asked for. */
  readonly isProved: (k: number) => boolean;
};

function contestOf(context: SelectionContext, options: Options): Contest {
  const { candidates, current, switchCost, barsPerYear } = context;
  const isFirstReady = options.otherwise === "first" && candidates[0]?.isReady === true;
  const base = isFirstReady ? 0 : nobody;
  const scores = new Float64Array(candidates.length).fill(Number.NaN);
  const doubts = new Float64Array(candidates.length);
  const weights = regimeLabels.map((label) => context.regime.posterior[label]);
  const priorBars = barsPerYear / options.edgeSharpe ** 2;
  const usual = returnsOf(candidates[base]);
  const leads = (k: number): Lead =>
    k === base
      ? none
      : leadOf(evidenceOf(returnsOf(candidates[k]), usual, priorBars), weights, options.edgeShare);
  for (let k = 0; k < scores.length; k++) {
    // What trades otherwise is not there for what it has proved, and cannot lose that.
    if (k !== base && (!candidates[k]!.isReady || candidates[k]!.demotion !== null)) continue;
    const { mean, doubt } = leads(k);
    scores[k] = mean - (k === current || k === base ? 0 : switchCost[k]! / options.horizonBars);
    doubts[k] = doubt;
  }
  const nothing = leads(nobody);
  const leaving = current === nobody ? 0 : switchCost.reduce((most, cost) => Math.max(most, cost), 0);
  const scoreOfNobody = nothing.mean - (base === nobody ? 0 : leaving / options.horizonBars);
  const isProved = (k: number): boolean => {
    const [score, doubt] = k === nobody ? [scoreOfNobody, nothing.doubt] : [scores[k]!, doubts[k]!];
    const deviations = k === current ? options.keepDeviations : options.takeDeviations;
    return (score - deviations * doubt) * barsPerYear > options.leadMin;
  };
  return { base, scores, scoreOfNobody, isProved };
}

type Returns = Pick<PerformanceView, "bars" | "mean" | "deviation">;

/** By regime, in the order of the labels; where there is no candidate, those of holding nothing. */
function returnsOf(candidate: Candidate | undefined): readonly Returns[] {
  if (candidate === undefined) return regimeLabels.map(() => cash);
  const { byRegime } = candidate;
  // Every number is computed when it is read, and what is ahead of all is asked for by all.
  return regimeLabels.map((label) => {
    const { bars, mean, deviation } = byRegime[label];
    return { bars, mean, deviation };
  });
}

/** What the bars of each regime say of how far one is ahead of the other. */
function evidenceOf(
  one: readonly Returns[],
  base: readonly Returns[],
  priorBars: number,
): readonly Evidence[] {
  return one.map((own, k) => difference(own, base[k]!, priorBars));
}

function difference(one: Returns, base: Returns, priorBars: number): Evidence {
  // Two strategies may share their risks; taking them for independent errs on the side of doubt.
  const [own, other] = [one.deviation, base.deviation];
  const growth = growthOf(one.mean, own) - growthOf(base.mean, other);
  return weighEvidence(Math.min(one.bars, base.bars), growth, Math.hypot(own, other), priorBars);
}

function growthOf(mean: number, deviation: number): number {
  return mean - deviation ** 2 / 2;
}

type Picked = Omit<Selection, "share" | "scores">;

function pick(context: SelectionContext, contest: Contest, options: Options, hasBegun: boolean): Picked {
  const { current, candidates, regime, barsSinceSwitch } = context;
  const { base, scores, scoreOfNobody, isProved } = contest;
  const order = rankScores(scores);
  const scoreOf = (k: number): number => (k === nobody ? scoreOfNobody : scores[k]!);
  let best = base;
  for (const k of order) if (scoreOf(k) > scoreOf(best) && isProved(k)) best = k;
  if (scoreOfNobody > scoreOf(best) && isProved(nobody)) best = nobody;
  const mayStay = current === nobody ? base === nobody || hasBegun : !Number.isNaN(scores[current]!);
  const runnerUpTo = (chosen: number): number => order.find((k) => k !== chosen) ?? nobody;
  if (order.length === 0 && !(mayStay && current !== nobody))
    return {
      action: current === nobody ? "hold" : "exit",
      strategy: nobody,
      blend: null,
      runnerUp: nobody,
      reason: `nobody may trade: ${demotionsOf(candidates)}`,
    };
  // A choice has its time, also that of nothing; only one that has lost the right to trade has none.
  const isHeld = barsSinceSwitch < options.holdBarsMin && (current === nobody ? hasBegun : mayStay);
  if (isHeld || best === current)
    return {
      action: "hold",
      strategy: current,
      blend: null,
      runnerUp: runnerUpTo(current),
      reason:
        isHeld || current === base
          ? `nothing has proved better in ${regime.label}`
          : provedIn(context, current),
    };
  const why =
    mayStay || current === nobody
      ? ""
      : `${candidates[current]!.demotion?.split(":")[0] ?? "not measured"}; `;
  return {
    action: best === nobody ? "exit" : "switch",
    strategy: best,
    blend: null,
    runnerUp: mayStay ? current : runnerUpTo(best),
    reason: `${why}${best === base ? `${nameOf(candidates, best)} trades: nothing has proved better in ${regime.label}` : provedIn(context, best)}`,
  };
}

function provedIn({ candidates, regime }: SelectionContext, k: number): string {
  return `${nameOf(candidates, k)} has proved better in ${regime.label}`;
}

function demotionsOf(candidates: readonly Candidate[]): string {
  const reasons = candidates.flatMap(({ name, demotion }) =>
    demotion === null ? [] : [`${name}: ${demotion.split(":")[0]!}`],
  );
  return reasons.join("; ") || "none has been measured long enough";
}

/** Shares in proportion to what is proved beyond holding nothing. */
function mix(context: SelectionContext, { scores, scoreOfNobody }: Contest): Picked {
  const blend = Float64Array.from(scores, (score) =>
    Number.isNaN(score) ? 0 : Math.max(0, score - scoreOfNobody),
  );
  const total = blend.reduce((sum, value) => sum + value, 0);
  for (let k = 0; k < blend.length; k++) blend[k] = total > 0 ? blend[k]! / total : 0;
  const order = rankScores(scores).filter((k) => blend[k]! > 0);
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
