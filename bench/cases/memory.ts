import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { randomWalk } from "../random-walk.ts";

// The largest resident size of a process that makes ten million bars and runs them once.
const bars = randomWalk(10_000_000);
const config = runConfigSchema.parse({
  account: { cash: 1e9 },
  costs: { commission: { use: "rate", rate: 0.0002 }, slippage: { use: "fixed", rate: 0.0001 } },
});
const start = performance.now();
runBacktest({ bars: [bars], strategy: smaCross, params: { fast: 10, slow: 30 }, config });
console.log(
  JSON.stringify({
    tenMillionBarsMemoryMb: process.resourceUsage().maxRSS / 1024,
    tenMillionBarsSeconds: (performance.now() - start) / 1_000,
  }),
);
