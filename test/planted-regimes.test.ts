import { expect, test } from "vitest";
import { runBacktest } from "../src/app/runs/run-backtest.ts";
import { arsenalOf } from "../src/selection/arsenal.ts";
import { choiceMarket, plantedChoice, plantedConfig, startRow } from "./prove/choice.ts";

// The proof of the choice: where regimes are planted that strategies live from, it beats all of them; where there are
// none, it costs next to nothing.

const seeds = Array.from({ length: 50 }, (_, k) => 101 + k);
const bars = 12_000;
const barsPerYear = 8_766;

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

test("where regimes are planted, the choice ends above the best single strategy in hindsight in 40 of 50 markets", () => {
  const races = seeds.map((seed) => race(seed, false));
  const won = seeds.filter((_, k) => races[k]!.chosen > Math.max(...races[k]!.alone));
  expect(won.length).toBeGreaterThanOrEqual(40);
  // No single strategy is the one to have: which is best changes from market to market.
  const best = new Set(races.map(({ alone }) => alone.indexOf(Math.max(...alone))));
  expect(best.size).toBeGreaterThan(1);
});

test("where there are no regimes, choosing costs less than one percent a year against keeping what was best before", () => {
  const years = (bars - startRow) / barsPerYear;
  const leads = seeds.slice(0, 30).map((seed) => {
    const { chosen, alone, bestBefore } = race(seed, true);
    return (chosen - alone[bestBefore]!) / years;
  });
  expect(leads.reduce((sum, lead) => sum + lead, 0) / leads.length).toBeGreaterThanOrEqual(-0.01);
});
