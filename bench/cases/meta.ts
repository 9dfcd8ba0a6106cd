import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { syntheticMarket } from "../../src/data/synthetic/synthetic-market.ts";
import { meta } from "../../src/strategies/meta.ts";
import { medianMs } from "../median.ts";
import { arsenalOf } from "../../src/selection/arsenal.ts";

// A choice among six strategies over 60,000 hourly bars: a hidden Markov model trained anew every 720 bars, all six in
// their shadows with costs, one choice per bar.
const { bars } = syntheticMarket({
  seed: 7,
  symbols: 1,
  timeframe: "1h",
  bars: 60_000,
  startMs: Date.UTC(2018, 0, 1),
});
const config = runConfigSchema.parse({ account: { kind: "margin" } });
const run = () => runBacktest({ bars, strategy: meta, params: { short: true }, config });
const { session } = run();
if (arsenalOf(session)!.runners[0]!.candidates.length !== 6) throw new Error("six shadows were meant");
console.log(JSON.stringify({ metaBacktestSeconds: medianMs(run, 3, 0) / 1_000 }));
