import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { kiwiConfigSchema } from "../../src/app/config/config-schema.ts";
import { TrialRunner } from "../../src/app/search/trial-runner.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { medianMs } from "../median.ts";
import { randomWalk } from "../random-walk.ts";

// 990 pairs of averages over 10,000 bars on one core, total return and Sharpe ratio for each: 45 fast ones with 22 slow
// ones, and, harder, all 990 pairs of the averages of 2 to 46 bars, which trade on one bar in nineteen.
const bars = randomWalk(10_000);
const config = runConfigSchema.parse({
  account: { cash: 1e9 },
  costs: { commission: { use: "rate", rate: 0.0002 }, slippage: { use: "fixed", rate: 0.0001 } },
});
type Pair = { readonly fast: number; readonly slow: number };
const usual: Pair[] = [];
for (let fast = 5; fast <= 49; fast++) for (let slow = 55; slow <= 160; slow += 5) usual.push({ fast, slow });
const busy: Pair[] = [];
for (let fast = 2; fast <= 46; fast++)
  for (let slow = fast + 1; slow <= 46; slow++) busy.push({ fast, slow });

const request = { config: kiwiConfigSchema.parse({}) };
const measuring = { keys: [], folds: 1, holdout: 0 };
const setup = { bars: [bars], strategy: smaCross, params: {}, config };

function runAll(pairs: readonly Pair[]): void {
  const runner = new TrialRunner({ setup, request }, { measuring });
  for (const [index, params] of pairs.entries())
    runner.run({ index, params, settings: {}, share: 1, wantsReturns: false });
}

function comboBarsPerSecond(pairs: readonly Pair[]): number {
  return ((pairs.length * bars.length) / medianMs(() => runAll(pairs), 7, 2)) * 1_000;
}

console.log(
  JSON.stringify({
    sweepComboBarsPerSecond: comboBarsPerSecond(usual),
    sweepBusyComboBarsPerSecond: comboBarsPerSecond(busy),
  }),
);
