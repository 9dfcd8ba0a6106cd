import { expect, test } from "vitest";
import { hourMs } from "../../base/time.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { strategy } from "../../ports/strategy.ts";
import { runConfigSchema, type RunConfigInput } from "../config/run-config.ts";
import { capacityOf } from "../runs/reruns.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import { atAccountSizes } from "./account-sizes.ts";

/** Prices that go up and down by 1 % in turn, with 1,000 units of volume a bar, or none. */
function zigzag(volumes: number): Bars {
  const close = Float64Array.from({ length: 200 }, (_, k) => (k % 2 === 0 ? 100 : 101));
  return barsOf("AAA", "1h", {
    closeTimeMs: close.map((_, k) => (k + 1) * hourMs),
    open: close,
    high: close,
    low: close,
    close,
    volume: close.map(() => volumes),
  });
}

const once = strategy({
  name: "once",
  summary: "",
  params: {},
  setup: ({ bars: own }) => ({ close: own.close }),
  onBar: ({ timeMs, target }) => target(timeMs > 100 * hourMs ? 0.9 : 0, "by the clock"),
});

const setupWith = (volumes: number, costs: RunConfigInput["costs"] = {}) => ({
  bars: [zigzag(volumes)],
  strategy: once,
  params: {},
  config: runConfigSchema.parse({
    account: { cash: 1_000 },
    costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 }, ...costs },
    risk: { profile: "none" },
  }),
});

/** Where the only fill went, against the price of its bar. */
function impactOf(setup: ReturnType<typeof setupWith>, cash: number): { paid: number; share: number } {
  const { session } = runBacktest(atAccountSizes(setup)(cash));
  const { slippagePaid, tradedNotional } = session.portfolio.ledger;
  const price = 101;
  return {
    paid: slippagePaid / (tradedNotional - slippagePaid),
    share: (tradedNotional - slippagePaid) / price / 1_000,
  };
}

test("the price gives way by the deviation of a bar times the root of the order's share of the volume", () => {
  // Moves of ln(1.01) up and down in turn: their standard deviation is ln(1.01), but for the last bar.
  const deviation = Math.log(1.01) * Math.sqrt(199 / 198);
  for (const cash of [1_000, 100_000, 1_000_000]) {
    const { paid, share } = impactOf(setupWith(1_000), cash);
    expect(share).toBeGreaterThan(0);
    expect(paid / (deviation * Math.sqrt(share))).toBeCloseTo(1, 2);
  }
});

test("impact comes on top of the slippage of the run, and a slippage by volume is left as it is", () => {
  const plain = impactOf(setupWith(1_000), 1_000).paid;
  const fixed = impactOf(setupWith(1_000, { slippage: { use: "fixed", rate: 0.002 } }), 1_000).paid;
  expect(fixed - plain).toBeCloseTo(0.002, 4);
  const own = setupWith(1_000, { slippage: { use: "volume-share", law: "square-root", coefficient: 0.5 } });
  expect(atAccountSizes(own)(5_000).config.costs.slippage).toEqual(own.config.costs.slippage);
});

test("larger accounts do worse where orders move the price, and nobody says anything where there is no volume", () => {
  const points = capacityOf(setupWith(1_000), {})!;
  expect(points.map(({ cash }) => cash)).toEqual([1e3, 1e4, 1e5, 1e6, 1e7]);
  const shares = points.map(({ slippageShare }) => slippageShare!);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(points.at(-1)!.totalReturn!).toBeLessThan(points[0]!.totalReturn!);
  expect(capacityOf(setupWith(0), {})).toBeUndefined();
});
