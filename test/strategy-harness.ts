import { builtIn, type Registry } from "../src/app/plugins/registry.ts";
import { runBacktest } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema, type RunConfigInput } from "../src/app/config/run-config.ts";
import { hourMs } from "../src/base/time.ts";
import { barsOf, type Bars } from "../src/domain/bars.ts";
import type { ParamValue } from "../src/domain/params.ts";
import type { Trade } from "../src/domain/trade.ts";
import type { AnyStrategy } from "../src/ports/strategy.ts";

/** A close alone (the bar opens at the close before and reaches no further), or open, high, low, close. */
export type HandBar = number | readonly [open: number, high: number, low: number, close: number];

/** Hourly bars of a market that never closes, from numbers written by hand; the first opens at 2024-01-01. */
export function handBars(rows: readonly HandBar[], symbol = "TEST"): Bars {
  let previous = Number.NaN;
  const quads = rows.map((row) => {
    const open = Number.isNaN(previous) ? (row as number) : previous;
    const quad =
      typeof row === "number" ? ([open, Math.max(open, row), Math.min(open, row), row] as const) : row;
    previous = quad[3];
    return quad;
  });
  return barsOf(symbol, "1h", {
    closeTimeMs: Float64Array.from(rows, (_, k) => Date.UTC(2024, 0, 1) + (k + 1) * hourMs),
    open: Float64Array.from(quads, (quad) => quad[0]),
    high: Float64Array.from(quads, (quad) => quad[1]),
    low: Float64Array.from(quads, (quad) => quad[2]),
    close: Float64Array.from(quads, (quad) => quad[3]),
    volume: Float64Array.from(rows, () => 1_000),
  });
}

/** What a strategy did on some bars, without costs. */
export type Performance = {
  /** `"3: 1 fast above slow"`: the row of the bar, the weight and the reason of each signal. */
  readonly signals: readonly string[];
  /** `"4: buy 100"`: the row of the bar, the side and the price of each fill. */
  readonly fills: readonly string[];
  /** `"3: sell stop-loss 95"`: the row, the side, the reason and the price of each order that waits for a price. */
  readonly waiting: readonly string[];
  readonly trades: readonly Trade[];
};

const free: RunConfigInput = {
  account: { kind: "margin", cash: 10_000, leverage: 10 },
  costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
  instruments: { "*": { calendar: "24/7" } },
};

/** Runs a strategy over hand-made bars on a margin account without costs and tells what it did. */
export function perform(
  strategy: AnyStrategy,
  bars: Bars,
  params: Readonly<Record<string, ParamValue>> = {},
  config: RunConfigInput = {},
  registry: Registry = builtIn,
): Performance {
  const parsed = runConfigSchema.parse({ ...free, ...config });
  const { log, trades } = runBacktest({ bars: [bars], strategy, params, config: parsed, registry });
  const rowOf = new Map(Array.from(bars.closeTimeMs, (timeMs, row) => [timeMs, row]));
  const events = Array.from({ length: log.events.length }, (_, k) => log.events.at(k));
  const side = (signed: number) => (signed > 0 ? "buy" : "sell");
  return {
    signals: events
      .filter(({ kind }) => kind === "signal")
      .map(({ timeMs, first, text }) => `${rowOf.get(timeMs)}: ${first} ${text}`),
    fills: events
      .filter(({ kind }) => kind === "fill")
      .map(({ timeMs, first, second }) => `${rowOf.get(timeMs)}: ${side(first)} ${round(second)}`),
    waiting: events
      .filter(
        ({ kind, second, text }) => kind === "order" && (text === "trailing stop" || !Number.isNaN(second)),
      )
      .map(({ timeMs, first, second, text }) =>
        [`${rowOf.get(timeMs)}:`, side(first), text, ...(Number.isNaN(second) ? [] : [round(second)])].join(
          " ",
        ),
      ),
    trades,
  };
}

function round(price: number): number {
  return Math.round(price * 1e6) / 1e6;
}
