import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { medianMs } from "../median.ts";
import { randomWalk } from "../random-walk.ts";

// 600 symbols, a year of hourly bars each, one strategy per symbol, one account.
const bars = Array.from({ length: 600 }, (_, k) => randomWalk(8_760, k + 1, `S${k}`));
const config = runConfigSchema.parse({
  account: { cash: 1e9 },
  costs: { commission: { use: "rate", rate: 0.0002 }, slippage: { use: "fixed", rate: 0.0001 } },
});
const setup = { bars, strategy: smaCross, params: { fast: 20, slow: 100 }, config };
const ms = medianMs(() => runBacktest(setup), 3, 1);
console.log(
  JSON.stringify({
    portfolioBarsPerSecond: ((600 * 8_760) / ms) * 1_000,
    portfolioMemoryMb: process.resourceUsage().maxRSS / 1024,
  }),
);
