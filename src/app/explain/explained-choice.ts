import { regimeLabels, type RegimeLabel } from "../../domain/regime.ts";
import type { ArsenalRunner } from "../../selection/arsenal-runner.ts";
import type { Selection } from "../../ports/selector.ts";

/** One strategy of the arsenal on the bar. */
export type ExplainedCandidate = {
  readonly name: string;
  /** What the selector compared; null where it did not consider the candidate. */
  readonly score: number | null;
  /** Warmed up and measured for long enough. */
  readonly isReady: boolean;
  readonly measuredBars: number;
  /** Why it may not trade; null where it may. */
  readonly demotion: string | null;
  /** What its shadow holds or waits for: 1 fully long, 0 flat, -1 fully short. */
  readonly weight: number;
  /** Of the rolling window, annualised. */
  readonly recentSharpe: number | null;
  /** Mean return of a bar in the regime in force, and the bars behind it. */
  readonly regimeMean: number | null;
  readonly regimeBars: number;
  /** Its share of the money, where several trade at once. */
  readonly blendShare: number | null;
};

/** How a strategy was chosen on the bar. */
export type ExplainedChoice = {
  readonly regime: {
    readonly label: RegimeLabel;
    readonly posterior: Readonly<Record<RegimeLabel, number>>;
    readonly dwellBars: number | null;
    readonly expectedDwellBars: number | null;
  };
  readonly candidates: readonly ExplainedCandidate[];
  readonly action: Selection["action"] | "none yet";
  /** Null for nobody. */
  readonly chosen: string | null;
  readonly runnerUp: string | null;
  /** Share of its usual size. */
  readonly share: number;
  readonly reason: string;
};

/** Reads the choice off a runner that has just decided; without a selection nobody was asked yet. */
export function explainedChoice(
  { candidates, regime: { view } }: ArsenalRunner,
  selection: Selection | null,
): ExplainedChoice {
  const nameOf = (index: number) => candidates[index]?.name ?? null;
  return {
    regime: {
      label: view.label,
      posterior: Object.fromEntries(
        regimeLabels.map((label) => [label, view.posterior[label]]),
      ) as ExplainedChoice["regime"]["posterior"],
      dwellBars: numberOrNull(view.dwellBars),
      expectedDwellBars: numberOrNull(view.expectedDwellBars),
    },
    candidates: candidates.map((candidate, k): ExplainedCandidate => {
      const { mean, bars } = candidate.byRegime[view.label];
      return {
        name: candidate.name,
        score: selection === null ? null : numberOrNull(selection.scores[k]!),
        isReady: candidate.isReady,
        measuredBars: candidate.overall.bars,
        demotion: candidate.demotion,
        weight: candidate.weight,
        recentSharpe: numberOrNull(candidate.recent.sharpe),
        regimeMean: numberOrNull(mean),
        regimeBars: bars,
        blendShare: selection?.blend?.[k] ?? null,
      };
    }),
    action: selection?.action ?? "none yet",
    chosen: selection === null ? null : nameOf(selection.strategy),
    runnerUp: selection === null ? null : nameOf(selection.runnerUp),
    share: selection?.share ?? 0,
    reason: selection?.reason ?? "no strategy had warmed up",
  };
}

function numberOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
