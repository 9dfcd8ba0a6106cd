import { runConfigSchema } from "../../src/app/run-config.ts";
import { sweep } from "../../src/app/sweep.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { medianMs } from "../median.ts";
import { randomWalk } from "../random-walk.ts";

// 990 pairs of averages over 10,000 bars, total return and Sharpe ratio for each, on one core.
const bars = randomWalk(10_000);
const config = runConfigSchema.parse({ account: { cash: 1e9 }, costs: { commission: { use: "rate", rate: 0.0002 }, slippage: { use: "fixed", rate: 0.0001 } } });
const pairs: { fast: number; slow: number }[] = [];
for (let fast = 2; fast <= 46; fast++) for (let slow = fast + 1; slow <= 46; slow++) pairs.push({ fast, slow });
const setup = { bars: [bars], strategy: smaCross, params: {}, config };
const ms = medianMs(() => sweep(setup, pairs), 7, 2);
console.log(JSON.stringify({ sweepComboBarsPerSecond: ((pairs.length * bars.length) / ms) * 1_000, sweepCombos: pairs.length }));
