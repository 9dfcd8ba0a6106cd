import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import { arsenalOf } from "../../src/selection/arsenal.ts";
import { choiceMarket, plantedChoice, plantedChoiceBy, plantedConfig, startRow } from "./choice.ts";

// The proof of the choice: where regimes are planted that strategies live from, it beats all of them; where there are
// none, it costs next to nothing.

const bars = 12_000;
const barsPerYear = 8_766;
const firstSeed = 101;

type Race = {
  /** Log growth from the start row to the end: of the choice, and of each strategy alone. */
  readonly chosen: number;
  readonly alone: readonly number[];
  /** Which one had grown most when the start row came. */
  readonly bestBefore: number;
};

function race(seed: number, isUniform: boolean): Race {
  const market = choiceMarket(seed, bars, isUniform);
  const { session } = runBacktest({
    bars: [market.bars],
    strategy: plantedChoice,
    params: {},
    config: plantedConfig,
  });
  const { log } = session.recorder;
  const growth = (equity: Float64Array) => Math.log(equity[bars - 1]! / equity[startRow - 1]!);
  // A shadow is the strategy alone, to the last fill: `build-arsenal.test.ts`.
  const logs = arsenalOf(session)!.runners[0]!.candidates.map(({ shadow }) => shadow.session.recorder.log);
  const before = logs.map(({ equity }) => equity[startRow - 1]!);
  return {
    chosen: growth(log.equity),
    alone: logs.map(({ equity }) => growth(equity)),
    bestBefore: before.indexOf(Math.max(...before)),
  };
}

/** How many of the first markets with regimes the choice ends above the best of its strategies, in hindsight, and how many were best. */
export function raceRegimes(markets: number): { readonly won: number; readonly bests: number } {
  const races = seedsOf(markets).map((seed) => race(seed, false));
  const won = races.filter(({ chosen, alone }) => chosen > Math.max(...alone)).length;
  return { won, bests: new Set(races.map(({ alone }) => alone.indexOf(Math.max(...alone)))).size };
}

/** Mean log growth a year of the choice over what was best before, in the first markets without regimes. */
export function raceUniform(markets: number): number {
  const years = (bars - startRow) / barsPerYear;
  const leads = seedsOf(markets).map((seed) => {
    const { chosen, alone, bestBefore } = race(seed, true);
    return (chosen - alone[bestBefore]!) / years;
  });
  return leads.reduce((sum, lead) => sum + lead, 0) / leads.length;
}

/**
 * How often another strategy was taken for better, market by market, where there is nothing to tell them apart. The
 * race above says what that costs, which in the mean is nothing: only the number of times shows a guard that is missing.
 */
export function mistakesIn(markets: number, options: Readonly<Record<string, number>>): readonly number[] {
  const strategy = plantedChoiceBy(options);
  return seedsOf(markets).map((seed) => {
    const { bars: table } = choiceMarket(seed, bars / 2, true);
    const { session } = runBacktest({ bars: [table], strategy, params: {}, config: plantedConfig });
    // The first is no mistake: it is what trades otherwise.
    return arsenalOf(session)!.runners[0]!.log.switches.length - 1;
  });
}

function seedsOf(markets: number): readonly number[] {
  return Array.from({ length: markets }, (_, k) => firstSeed + k);
}

/** The full size, for docs/proofs.md: 50 markets with regimes and 30 without. Throws where the choice is not worth its while. */
export function prove(): string {
  const { won, bests } = raceRegimes(50);
  const lead = raceUniform(30);
  const text = `Above the best alone in hindsight: ${won} of 50, of ${bests} different ones. Without regimes ${(100 * lead).toFixed(2)} % a year against what was best before.`;
  if (won < 40 || bests < 2 || lead < -0.01) throw new Error(`missed\n${text}`);
  return text;
}
