import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { runBacktest, runThrough } from "../../src/app/runs/run-backtest.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { medianMs } from "../median.ts";
import { randomWalk } from "../random-walk.ts";

// One symbol, sma-cross 10/30 over a million bars: columns, orders with costs, risk gate, ledger, trades, equity curve and
// decision hash, all of it made anew in every run. The second figure adds every metric of the report.
const bars = randomWalk(1_000_000);
const config = runConfigSchema.parse({
  account: { cash: 1e9 },
  costs: { commission: { use: "rate", rate: 0.0002 }, slippage: { use: "fixed", rate: 0.0001 } },
});
const setup = { bars: [bars], strategy: smaCross, params: { fast: 10, slow: 30 }, config };
let orders = 0;
const engineMs = medianMs(() => {
  const ground = layGround(setup.bars, setup.config);
  const session = buildSession(setup, ground);
  runThrough(session, ground);
  session.recorder.log.hash();
  orders = session.recorder.log.events.count("order");
});
const backtestMs = medianMs(() => runBacktest(setup));
console.log(
  JSON.stringify({
    engineBarsPerSecond: (bars.length / engineMs) * 1_000,
    engineOrders: orders,
    backtestBarsPerSecond: (bars.length / backtestMs) * 1_000,
  }),
);
