import { expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { runBacktest } from "./run-backtest.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { sweep } from "./sweep.ts";

const { bars } = syntheticMarket({
  seed: 5,
  symbols: 1,
  timeframe: "1h",
  bars: 1_500,
  startMs: Date.UTC(2023, 0, 1),
});
const setup = { bars, strategy: smaCross, params: {}, config: runConfigSchema.parse({}) };

test("a sweep gives every set of parameters the score of its own backtest, also after columns were reused", () => {
  const sets = Array.from({ length: 300 }, (_, k) => ({
    fast: 2 + (k % 20),
    slow: 25 + Math.floor(k / 20) * 7,
  }));
  const rows = sweep(setup, [...sets, ...sets.slice(0, 10)]);
  for (const k of [0, 19, 150, 299, 305]) {
    const alone = runBacktest({ ...setup, params: rows[k]!.params });
    expect(rows[k]!.totalReturn).toBe(alone.metrics.totalReturn);
    expect(rows[k]!.sharpe).toBe(alone.metrics.sharpe);
    expect(rows[k]!.trades).toBe(alone.trades.length);
  }
});
