import { expect, test } from "vitest";
import { plantedMarket } from "../../../test/regime-harness.ts";
import { metaStrategy } from "../../ports/strategy.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import { startFan } from "./start-fan.ts";

const choice = metaStrategy({
  name: "fan-choice",
  summary: "Holds or follows.",
  params: {},
  plan: () => ({
    arsenal: [{ strategy: buyAndHold }, { strategy: smaCross }],
    regime: { use: "hmm" },
    selector: { use: "regime-performance" },
    windowBars: 200,
    measuredBarsMin: 100,
  }),
});
const config = runConfigSchema.parse({ instruments: { "*": { calendar: "24/7" } } });
const { bars } = plantedMarket({ seed: 5, bars: 7_000, drift: 0.3 });

function fanFrom(row: number) {
  const tradeFromMs = bars.closeTimeMs[row]!;
  return startFan(runBacktest({ bars: [bars], strategy: choice, params: {}, config, tradeFromMs }));
}

test("regimes and choices of a run are compared with those of runs that begin 1, 10 and 30 days later", () => {
  const fan = fanFrom(4_000);
  expect(fan.map(({ days }) => days)).toEqual([1, 10, 30]);
  for (const { sameRegime, sameChoice, totalReturn } of fan) {
    expect(sameRegime).toBeGreaterThan(0.9);
    expect(sameRegime).toBeLessThanOrEqual(1);
    // Here there is something to choose.
    expect(sameChoice).toBeGreaterThan(0.9);
    expect(totalReturn).not.toBeNull();
  }
});

test("beginning so much later that a quarter of what comes before the range is gone is another run, and not shown", () => {
  // 1,000 hours are 42 days: a quarter of them is more than 10 days and less than 30.
  expect(fanFrom(1_000).map(({ days }) => days)).toEqual([1, 10]);
  expect(fanFrom(80)).toEqual([]);
});
