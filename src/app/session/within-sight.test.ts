import { expect, test } from "vitest";
import { definePlugin } from "../../ports/plugin.ts";
import type { Bars } from "../../domain/bars.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { withPlugins } from "../plugins/registry.ts";
import { runBacktest } from "../runs/run-backtest.ts";

const { bars } = syntheticMarket({
  seed: 3,
  symbols: 1,
  timeframe: "1h",
  bars: 400,
  startMs: Date.UTC(2024, 0, 1),
});

/** What a plug-in saw of rows that are still to come: how often it looked, and what it found there. */
type Peeks = { looks: number; found: number; longest: number };

function look(peeks: Peeks, table: Bars, row: number): void {
  peeks.looks += 1;
  peeks.longest = Math.max(peeks.longest, table.length - row - 1, table.close.length - row - 1);
  for (const column of [table.closeTimeMs, table.open, table.high, table.low, table.close, table.volume])
    if (column[row + 1] !== undefined) peeks.found += 1;
}

test("sizers, risk rules and slippage models that look at the next bar find none", () => {
  const peeks = { sizer: fresh(), rule: fresh(), slippage: fresh() };
  const sizer = definePlugin({
    kind: "sizer",
    name: "peeking-sizer",
    summary: "For this test.",
    options: {},
    create: (_, { market }) => ({
      observe: ({ rows }) => look(peeks.sizer, market.bars[0]!, rows[0]!),
      weigh: ({ weight }) => weight * (market.bars[0]!.close[market.bars[0]!.length] === undefined ? 1 : 0),
    }),
  });
  const rule = definePlugin({
    kind: "risk",
    name: "peeking-rule",
    summary: "For this test.",
    options: {},
    create: (_, { market }) => ({
      observe: ({ rows }) => {
        look(peeks.rule, market.bars[0]!, rows[0]!);
        return { kind: "clear" };
      },
    }),
  });
  const slippage = definePlugin({
    kind: "slippage",
    name: "peeking-slippage",
    summary: "For this test.",
    options: {},
    create: () => ({
      fraction: (table, row) => (look(peeks.slippage, table, row), 0),
      rate: (table, row) => (look(peeks.slippage, table, row), 0),
    }),
  });
  const config = runConfigSchema.parse({
    sizing: { use: "peeking-sizer" },
    risk: { rules: [{ use: "peeking-rule" }] },
    costs: { slippage: { use: "peeking-slippage" } },
  });
  const registry = withPlugins([sizer, rule, slippage]);
  const result = runBacktest({ bars, strategy: smaCross, params: {}, config, registry });
  expect(result.session.portfolio.trades.closed.length).toBeGreaterThan(3);
  for (const seen of Object.values(peeks)) {
    expect(seen.looks).toBeGreaterThan(3);
    expect(seen).toMatchObject({ found: 0, longest: 0 });
  }
});

function fresh(): Peeks {
  return { looks: 0, found: 0, longest: 0 };
}
