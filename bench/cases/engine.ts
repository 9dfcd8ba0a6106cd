import { runBacktest } from "../../src/app/run-backtest.ts";
import { runConfigSchema } from "../../src/app/run-config.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { medianMs } from "../median.ts";
import { randomWalk } from "../random-walk.ts";

// One symbol, sma-cross 10/30 over a million bars: columns, orders with costs, risk gate, ledger, equity curve, hash and
// metrics, all of it made anew in every run.
const bars = randomWalk(1_000_000);
const config = runConfigSchema.parse({ account: { cash: 1e9 }, costs: { commission: { use: "rate", rate: 0.0002 }, slippage: { use: "fixed", rate: 0.0001 } } });
const setup = { bars: [bars], strategy: smaCross, params: { fast: 10, slow: 30 }, config };
let trades = 0;
const ms = medianMs(() => {
  trades = runBacktest(setup).trades.length;
});
console.log(JSON.stringify({ engineBarsPerSecond: (bars.length / ms) * 1_000, engineTrades: trades }));
