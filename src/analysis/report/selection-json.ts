import { regimeLabels } from "../../domain/regime.ts";
import { analyseSelection, type Contestant } from "../selection/analyse-selection.ts";
import { isoText } from "./number-text.ts";
import type { ReportInput } from "./report-input.ts";

const switchesMax = 10_000;

/** How a run chose among strategies, as result.json has it; null where one strategy traded alone. */
export function selectionJson(input: ReportInput) {
  const analysis = analyseSelection(input);
  if (analysis === null) return null;
  const {
    selection,
    spells,
    transitions,
    accuracy,
    contestants,
    regrets,
    turns,
    switches,
    switchCost,
    decisions,
  } = analysis;
  return {
    regime: selection.regimeName,
    selector: selection.selectorName,
    strategies: selection.strategies,
    isBlend: selection.isBlend,
    decisions,
    regimes: spells,
    transitions,
    accuracy,
    contestants: contestants.map(contestantJson),
    regrets,
    laterStarts: selection.laterStarts,
    turns,
    switches: switches.slice(0, switchesMax).map((row) => ({ ...row, time: isoText(row.timeMs) })),
    switchCount: switches.length,
    switchCost,
    demotions: selection.symbols.flatMap(({ demotions }, instrument) =>
      demotions.map(({ strategy, fromMs, untilMs, reason }) => ({
        symbol: input.instruments[instrument]!.symbol,
        strategy: selection.strategies[strategy]!,
        fromMs,
        untilMs,
        reason,
      })),
    ),
  };
}

function contestantJson({ byRegime, ...one }: Contestant) {
  return {
    ...one,
    returnByRegime:
      byRegime === null
        ? null
        : {
            ...Object.fromEntries(regimeLabels.map((label, k) => [label, byRegime[k]!])),
            beforeFirstChoice: byRegime[regimeLabels.length]!,
          },
  };
}
