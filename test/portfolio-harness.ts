import { dayMs, formatTime } from "../src/base/time.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import type { Bars } from "../src/domain/bars.ts";
import { runBacktest, type BacktestResult } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema, type RunConfigInput } from "../src/app/config/run-config.ts";
import type { BacktestSetup } from "../src/app/session/backtest-setup.ts";
import type { AnyStrategy } from "../src/ports/strategy.ts";

/** The first day of the bars written by hand: a Monday, and the first of a year. */
export const firstDayMs = Date.UTC(2024, 0, 1);

/** Daily bars of a market that never closes, by their closes; NaN is a day without a bar. Opens are the closes before. */
export function dailyBars(symbol: string, closes: readonly number[]): Bars {
  const bars = new BarTable(symbol, "1d");
  for (const [k, close] of closes.entries()) {
    if (Number.isNaN(close)) continue;
    const open = bars.length === 0 ? close : bars.close[bars.length - 1]!;
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    bars.append(firstDayMs + (k + 1) * dayMs, open, high, low, close, 1_000);
  }
  return bars;
}

const free: RunConfigInput = {
  account: { kind: "margin", cash: 10_000, leverage: 1 },
  costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
  execution: { rebalanceBand: 0 },
  instruments: { "*": { lotSize: 1, calendar: "24/7" } },
};

/** Runs a strategy over bars written by hand, without costs and in whole units unless told otherwise. */
export function runTogether(
  strategy: AnyStrategy,
  bars: readonly Bars[],
  config: RunConfigInput = {},
  more: Partial<BacktestSetup> = {},
): BacktestResult {
  const parsed = runConfigSchema.parse({ ...free, ...config });
  return runBacktest({ bars, strategy, params: {}, config: parsed, ...more });
}

/** What a run did, a line each: `2024-01-03 fill AAA 10@50` is the date that the bar belongs to. */
export function storyOf({ log, ground }: BacktestResult, kinds: readonly string[]): readonly string[] {
  return Array.from({ length: log.events.length }, (_, row) => log.events.at(row))
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ timeMs, kind, instrument, first, second, text }) => {
      const symbol = ground.instruments[instrument]?.symbol ?? "";
      const numbers = kind === "fill" ? `${first}@${second}` : `${first} ${text}`;
      return `${formatTime(timeMs - dayMs)} ${kind} ${symbol} ${numbers}`;
    });
}
