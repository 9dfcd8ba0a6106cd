import { expect, test } from "vitest";
import { handBars, perform, type HandBar } from "../../../test/strategy-harness.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import { runConfigSchema } from "../config/run-config.ts";

const params = { fast: 2, slow: 3 };
/** Averages of row 6: 11 above 10, at a close of 12 and a range of 2; row 8 falls to 7.5 and row 9 crosses back. */
const bars: readonly HandBar[] = [10, 10, 10, 9, 8, 10, 12, 14, [14, 14, 7.5, 13], 9, 9];

test("the cross of two averages, which knows no stops, is stopped out two ranges below its entry", () => {
  const plain = perform(smaCross, handBars(bars), params);
  expect(plain.fills).toEqual(["7: buy 12", "10: sell 9"]);
  const stopped = perform(smaCross, handBars(bars), params, { protection: { atrLength: 1, stopAtr: 2 } });
  expect(stopped.waiting).toEqual(["6: sell stop-loss 8"]);
  expect(stopped.fills).toEqual(["7: buy 12", "8: sell 8"]);
  expect(stopped.trades.map(({ exitReason }) => exitReason)).toEqual(["stop-loss"]);
});

test("a take-profit ends the position above its entry and takes the stop away", () => {
  const protection = { atrLength: 1, stopAtr: 2, takeProfitAtr: 0.75 };
  const { waiting, fills } = perform(smaCross, handBars(bars), params, { protection });
  expect(waiting).toEqual(["6: sell stop-loss 8", "6: sell take-profit 13.5"]);
  expect(fills).toEqual(["7: buy 12", "7: sell 13.5"]);
});

test("decisions wait until the range is known", () => {
  const setup = { bars: [handBars(bars)], strategy: smaCross, params };
  const warmUp = (protection: object) =>
    runBacktest({ ...setup, config: runConfigSchema.parse({ protection }) }).funnel.warmingUp;
  expect(warmUp({})).toBe(3);
  // The range of 4 bars needs 4 bars, and 25 more until its seed weighs less than 0.1 %: more than there are.
  expect(warmUp({ atrLength: 4, stopAtr: 2 })).toBe(bars.length);
});

test("the benchmark of a protected run holds without a stop", () => {
  const setup = { bars: [handBars(bars.slice(3))], strategy: buyAndHold, params: {} };
  const protection = { atrLength: 1, stopAtr: 0.01 };
  const stopped = runBacktest(
    { ...setup, config: runConfigSchema.parse({ protection }) },
    { withBenchmark: true },
  );
  // The stop waits for the range, and nobody holds before a decision is possible.
  const tradeFromMs = stopped.log.timeMs[0]!;
  const held = runBacktest({ ...setup, config: runConfigSchema.parse({}), tradeFromMs });
  expect(stopped.trades).toHaveLength(1);
  expect(held.trades).toHaveLength(0);
  expect(stopped.benchmark!.equity.at(-1)).toBe(held.log.equity[held.log.length - 1]);
});
