import { bool, float, int } from "../domain/params.ts";
import { regimeLabels } from "../domain/regime.ts";
import { definePlugin } from "../ports/plugin.ts";
import type { Candidate, SelectionContext, Selection } from "../ports/selector.ts";

type Options = {
  readonly horizonBars: number;
  readonly priorBars: number;
  readonly confidence: number;
  readonly holdBarsMin: number;
  readonly cash: boolean;
  readonly blend: boolean;
  readonly unknownShare: number;
};

/** What a strategy is expected to bring over the horizon, and how far that may be off. */
type Outlook = { readonly growth: number; readonly deviation: number };

/**
 * Scores every strategy by its expected growth over the horizon: mean minus half the variance of its bars, by regime,
 * weighted with the present posterior. A regime with few bars leans on the strategy's overall mean, and that on zero
 * (shrinkage, James and Stein 1961). The cost of taking over the position counts against a newcomer, and it must be
 * better by a margin of its own uncertainty: this is what keeps it from flapping.
 */
export const regimePerformance = definePlugin({
  kind: "selector",
  name: "regime-performance",
  summary:
    "Chooses the strategy with the highest expected growth in the present regime, net of the cost of switching.",
  options: {
    horizonBars: int(100, { min: 1, max: 10_000 }, "bars for which a choice is expected to stand"),
    priorBars: int(200, { min: 0, max: 100_000 }, "bars of evidence that the prior is worth"),
    confidence: float(
      0.5,
      { min: 0, max: 5, step: 0.25 },
      "margin of a newcomer, in standard errors of the difference",
    ),
    holdBarsMin: int(10, { min: 0, max: 10_000 }, "bars for which a choice stands at least"),
    cash: bool(true, "hold nothing when no strategy is expected to earn anything"),
    blend: bool(false, "share the money among the promising strategies instead of choosing one"),
    unknownShare: float(
      0.5,
      { min: 0, max: 1, step: 0.1 },
      "share of the usual size while the regime is unknown",
    ),
  },
  create(options) {
    return {
      select(context) {
        const outlooks = context.candidates.map((candidate) => outlookOf(candidate, context, options));
        const scores = Float64Array.from(outlooks, (outlook, k) =>
          outlook === null ? Number.NaN : outlook.growth - context.switchCost[k]!,
        );
        const order = rank(scores);
        const share = context.regime.label === "unknown" ? options.unknownShare : 1;
        const choice = options.blend
          ? mixOf(context, outlooks, scores, order)
          : choose(context, outlooks, scores, order, options);
        return { ...choice, share, scores };
      },
    };
  },
});

type Choice = Omit<Selection, "share" | "scores">;

function outlookOf(
  candidate: Candidate,
  { regime }: SelectionContext,
  { horizonBars, priorBars }: Options,
): Outlook | null {
  if (!candidate.isReady || candidate.demotion !== null) return null;
  const { overall, byRegime } = candidate;
  const overallMean = (overall.bars * overall.mean) / (overall.bars + priorBars);
  let growth = 0;
  let variance = 0;
  for (const label of regimeLabels) {
    const probability = regime.posterior[label];
    if (probability === 0) continue;
    const { bars, mean, deviation } = byRegime[label];
    const own = bars > 0 ? bars * mean : 0;
    const shrunk = (own + priorBars * overallMean) / (bars + priorBars || 1);
    const spread = deviation === deviation ? deviation : overall.deviation;
    growth += probability * (shrunk - (spread * spread) / 2);
    variance += probability * ((spread * spread) / (bars + priorBars || 1));
  }
  return { growth: growth * horizonBars, deviation: Math.sqrt(variance) * horizonBars };
}

/** Indices of the considered candidates, best first; equal scores keep their order. */
function rank(scores: Float64Array): readonly number[] {
  return [...scores.keys()]
    .filter((k) => !Number.isNaN(scores[k]!))
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
}

function choose(
  context: SelectionContext,
  outlooks: readonly (Outlook | null)[],
  scores: Float64Array,
  order: readonly number[],
  { confidence, holdBarsMin, cash }: Options,
): Choice {
  const { current, candidates, regime } = context;
  const best = order[0] ?? -1;
  const runnerUp = order.find((k) => k !== current && k !== best) ?? (best === current ? -1 : current);
  const mayStay = current >= 0 && outlooks[current] !== null;
  if (mayStay && context.barsSinceSwitch < holdBarsMin)
    return choice(
      "hold",
      current,
      `held for less than ${holdBarsMin} bars`,
      best === current ? runnerUp : best,
    );
  if (best < 0) {
    const why =
      current >= 0 ? (candidates[current]!.demotion ?? "not measured long enough") : "nobody is ready";
    return choice(current >= 0 ? "exit" : "hold", -1, why, -1);
  }
  if (cash && scores[best]! <= 0)
    return choice(current >= 0 ? "exit" : "hold", -1, `nothing is expected to earn in ${regime.label}`, best);
  const margin = mayStay
    ? confidence * Math.hypot(outlooks[best]!.deviation, outlooks[current]!.deviation)
    : 0;
  const lead = mayStay ? scores[best]! - scores[current]! : Infinity;
  if (best === current || lead <= margin)
    return choice(
      "hold",
      current,
      `best in ${regime.label}, or not beaten by enough`,
      best === current ? runnerUp : best,
    );
  return choice(
    "switch",
    best,
    `${candidates[best]!.name} is expected to earn ${percent(scores[best]!)} in ${regime.label}` +
      (mayStay ? `, ${candidates[current]!.name} ${percent(scores[current]!)}` : ""),
    mayStay ? current : runnerUp,
  );
}

/** Kelly-like shares: growth over variance, none of them negative, adding up to 1. */
function mixOf(
  context: SelectionContext,
  outlooks: readonly (Outlook | null)[],
  scores: Float64Array,
  order: readonly number[],
): Choice {
  const blend = new Float64Array(outlooks.length);
  for (const k of order) blend[k] = Math.max(0, scores[k]!) / Math.max(outlooks[k]!.deviation, 1e-9) ** 2;
  const total = blend.reduce((sum, value) => sum + value, 0);
  for (let k = 0; k < blend.length; k++) blend[k] = total > 0 ? blend[k]! / total : 0;
  const best = total > 0 ? order[0]! : -1;
  const parts = order
    .filter((k) => blend[k]! >= 0.05)
    .map((k) => `${context.candidates[k]!.name} ${percent(blend[k]!)}`);
  const action = best === context.current ? "hold" : best < 0 ? "exit" : "switch";
  return {
    action,
    strategy: best,
    blend,
    runnerUp: order[1] ?? -1,
    reason: parts.join(", ") || "nothing is expected to earn",
  };
}

function choice(action: Selection["action"], strategy: number, reason: string, runnerUp: number): Choice {
  return { action, strategy, blend: null, runnerUp, reason };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
