import { expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { floorToStep } from "../../base/numbers.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import { strategyNamed } from "../plugins/registry.ts";
import { runConfigSchema, type RunConfigInput } from "../config/run-config.ts";
import { explainRun } from "./explain-run.ts";

const { bars } = syntheticMarket({ seed: 11, symbols: 2, timeframe: "1h", bars: 900, startMs: 0 });

function setupOf(config: RunConfigInput = {}, more: Partial<BacktestSetup> = {}): BacktestSetup {
  return {
    bars: [bars[0]!],
    strategy: strategyNamed("sma-cross"),
    params: {},
    config: runConfigSchema.parse(config),
    ...more,
  };
}

/** Every order of a run, as its log has it. */
function ordersIn(setup: BacktestSetup) {
  const { events } = runBacktest(setup).log;
  return Array.from({ length: events.length }, (_, row) => events.at(row)).filter(
    ({ kind }) => kind === "order",
  );
}

test("on every bar with an order, the explanation has the same order and the arithmetic that leads to it", () => {
  const setup = setupOf();
  const orders = ordersIn(setup).slice(0, 8);
  expect(orders.length).toBe(8);
  for (const order of orders) {
    const explained = explainRun(setup, { symbol: undefined, timeMs: order.timeMs });
    expect(explained.opinion).toBe("signal");
    expect(explained.orders).toHaveLength(1);
    const [sent] = explained.orders;
    expect(sent!.quantity * (sent!.side === "buy" ? 1 : -1)).toBe(order.first);
    expect(sent!.outcome.at(-1)!.timeMs).toBeGreaterThan(order.timeMs);
    const { equityWeight, equity, unitValue, costRate, lotSize, quantity } = explained.sizing!;
    expect(floorToStep((Math.abs(equityWeight) * equity) / (unitValue * (1 + costRate)), lotSize)).toBe(
      Math.abs(quantity),
    );
  }
});

test("on a silent bar the values say what was not met", () => {
  const setup = setupOf();
  const silentMs = bars[0]!.closeTimeMs[ordersIn(setup).length > 0 ? 40 : 0]!;
  const explained = explainRun(setup, { symbol: "SYN1", timeMs: silentMs });
  expect(explained.opinion).toBe("silent");
  expect(explained.verdict).toContain("said nothing");
  const { fast, slow, cross } = Object.fromEntries(explained.series.map(({ name, now }) => [name, now]));
  expect(cross).toBe(0);
  expect(fast).not.toBe(slow);
  expect(explained.wakeOn).toBe("cross");
});

test("a bar of the warm-up is called that, and its series have no value yet", () => {
  const explained = explainRun(setupOf(), { symbol: undefined, timeMs: bars[0]!.closeTimeMs[5]! });
  expect(explained.opinion).toBe("warming up");
  expect(explained.warmup).toEqual({ isOver: false, need: expect.stringContaining("bars") });
  expect(explained.series.find(({ name }) => name === "slow")!.now).toBeNull();
});

test("a refused order names the rule, its limit and the value", () => {
  const config: RunConfigInput = { risk: { rules: [{ use: "order-notional", money: 100 }] } };
  const firstMs = ordersIn(setupOf())[0]!.timeMs;
  const explained = explainRun(setupOf(config), { symbol: undefined, timeMs: firstMs });
  expect(explained.orders).toEqual([]);
  const refused = explained.rules.find(({ pass }) => !pass)!;
  expect(refused).toMatchObject({ rule: "order-notional", limit: 100 });
  expect(refused.value!).toBeGreaterThan(100);
  expect(explained.verdict).toContain("order-notional refused it");
});

test("a moment inside a bar means that bar, a higher bar is decided on when it has closed", () => {
  const setup = setupOf({}, { timeframe: "4h" });
  const explained = explainRun(setup, { symbol: undefined, timeMs: Date.UTC(1970, 0, 8, 9, 30) });
  expect(explained.closeTimeMs).toBe(Date.UTC(1970, 0, 8, 12));
  expect(explained.timeframe).toBe("4h");
  expect(explained.decidedMs).toBe(Date.UTC(1970, 0, 8, 12));
});

test("with several symbols the symbol has to be said, and an unknown one is refused", () => {
  const setup = setupOf({}, { bars });
  const timeMs = bars[0]!.closeTimeMs[100]!;
  expect(() => explainRun(setup, { symbol: undefined, timeMs })).toThrow("SYMBOL_NEEDED");
  expect(() => explainRun(setup, { symbol: "SYN9", timeMs })).toThrow("SYMBOL_UNKNOWN");
  expect(explainRun(setup, { symbol: "syn2", timeMs }).symbol).toBe("SYN2");
  expect(() => explainRun(setup, { symbol: "SYN1", timeMs: Date.UTC(2030, 0, 1) })).toThrow("BAR_NONE");
});

test("every rule shows its own limit, also where two have one name", () => {
  const setup = setupOf({ account: { kind: "margin", leverage: 2 }, risk: { profile: "moderate" } });
  const orderMs = ordersIn(setup)[0]!.timeMs;
  const { rules } = explainRun(setup, { symbol: undefined, timeMs: orderMs });
  expect(
    rules.filter(({ rule }) => rule === "gross-exposure").map(({ options }) => options["limit"]),
  ).toEqual([2, 1]);
  expect(rules.every(({ pass }) => pass)).toBe(true);
});

test("of an order that was made smaller it is said by how much, by which limit, and with how many others it shares the room", () => {
  const two = { ...bars[0]!, symbol: "TWIN" };
  const config: RunConfigInput = { sizing: { use: "fixed-fraction", fraction: 0.8 } };
  const setup = setupOf(config, { bars: [bars[0]!, two] });
  const firstMs = ordersIn(setup)[0]!.timeMs;
  const { verdict, rules } = explainRun(setup, { symbol: "TWIN", timeMs: firstMs });
  expect(verdict).toMatch(
    /^an order was sent: [\d.]+ of [\d.]+, because 2 targets of this close share what there is room for/,
  );
  expect(verdict).toContain(
    "gross-exposure: all positions together would be too large; whole they are 1.6 against",
  );
  expect(rules.map(({ pass }) => pass).toSorted((a, b) => Number(a) - Number(b))).toEqual([false, true]);
});
