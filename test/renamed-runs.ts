import { randomWalk } from "../bench/random-walk.ts";
import { runBacktest } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema, type RunConfigInput } from "../src/app/config/run-config.ts";
import { Prng } from "../src/base/prng.ts";
import { hourMs } from "../src/base/time.ts";
import { barsOf, type Bars } from "../src/domain/bars.ts";
import { strategy } from "../src/ports/strategy.ts";

/** One of some values, by chance. */
function pick<T>(prng: Prng, values: readonly T[]): T {
  return values[prng.integer(values.length)]!;
}

/** Decides by chance, but by a chance that hangs on the bars alone: no symbol has a number or a name in it. */
function chance(seed: number, everyBars: number) {
  return strategy({
    name: "chance",
    summary: "For tests of names.",
    params: {},
    setup: ({ bars }) => ({ close: bars.close }),
    onBar({ series, timeMs, target }) {
      if ((timeMs / hourMs) % everyBars !== 0) return;
      const price = series.close.now;
      const prng = new Prng(seed + Math.round(price * 1e6));
      if (prng.next() < 0.3) return;
      const weight = pick(prng, [1, 1, 0.5, 0, -1, 0.3]);
      const kind = pick(prng, ["market", "market", "market", "limit", "stop"] as const);
      const away = (share: number) => price * (1 + (prng.next() - 0.5) * share);
      target(weight, {
        reason: "chance",
        entry: kind === "market" ? { kind } : { kind, price: away(0.02) },
        ...(prng.next() < 0.3 ? { stopPrice: away(0.03) } : {}),
        ...(prng.next() < 0.3 ? { takeProfitPrice: away(0.03) } : {}),
      });
    },
  });
}

/** Settings under which money or room is short more often than not, with an account and lots of so many times the size. */
function scarce(prng: Prng, scale: number): RunConfigInput {
  const rules = [
    { use: "open-positions", limit: 1 + prng.integer(3) },
    { use: "position-limit", limit: 0.3 + prng.next() },
    { use: "buying-power", margin: 0.5 + prng.next() / 2, reserve: prng.next() / 4 },
    { use: "correlated-exposure", limit: 0.3 + prng.next() / 2, window: 10 },
    { use: "value-at-risk", limit: 0.01, level: 0.9, window: 20 },
  ].filter(() => prng.next() < 0.25);
  return {
    account: {
      kind: pick(prng, ["cash", "margin"] as const),
      cash: 10_000 * scale,
      leverage: pick(prng, [1, 2, 3]),
    },
    sizing: { use: "fixed-fraction", fraction: pick(prng, [0.3, 0.5, 1]) },
    costs: {
      latencyMs: pick(prng, [0, 0, hourMs / 4]),
      volumeShareMax: pick(prng, [1e9, 1e9, 0.1]),
      commission: { use: "rate", rate: pick(prng, [0, 0.001]) },
    },
    execution: { sizeAt: pick(prng, ["close", "close", "fill"] as const) },
    risk: { rules, profile: pick(prng, ["none", "none", "none", "aggressive"] as const) },
    instruments: {
      "*": {
        lotSize: pick(prng, [1e-8, 1, 10]) * scale,
        notionalMin: pick(prng, [0, 0, 500]) * scale,
        calendar: "24/7",
      },
    },
  };
}

/** Symbols of one length that do not begin alike; a bar is missing here and there. */
function markets(prng: Prng, scale: number): readonly Bars[] {
  return Array.from({ length: 2 + prng.integer(4) }, () => {
    const { closeTimeMs, open, high, low, close, volume } = randomWalk(
      60,
      prng.integer(1e9),
      "",
      pick(prng, [0.005, 0.02]),
    );
    const isHere = Float64Array.from(closeTimeMs, () => Number(prng.next() > 0.05));
    const kept = (column: Float64Array) => column.filter((_, row) => isHere[row] === 1);
    const columns = { closeTimeMs, open, high, low, close, volume: volume.map((units) => units * scale) };
    const entries = Object.entries(columns).map(([name, column]) => [name, kept(column)]);
    return barsOf("", "1h", Object.fromEntries(entries) as typeof columns);
  });
}

/** What a run did: its trades, those of each market together, and the equity at its end. */
export type Outcome = {
  readonly trades: readonly string[];
  readonly equity: number;
  /** Orders that were made smaller or refused. */
  readonly heldBack: number;
};

/**
 * The runs of one seed: the same markets, each under the name that stands at its place in `order`. With a `scale` money,
 * lots and volumes are so many times as large, and what comes of them is told as if they were not.
 */
export function renamedRuns(seed: number, scale = 1): (order: readonly number[]) => Outcome {
  const prng = new Prng(seed);
  const series = markets(prng, scale);
  const input = scarce(prng, scale);
  const subject = chance(prng.integer(1e6), 2 + prng.integer(6));
  return (order) => {
    const places = order.filter((place) => place < series.length);
    // As runs read them: in the order of their names.
    const bars = places.map((place, k) => barsOf(`S${k}`, "1h", series[place]!));
    const result = runBacktest({ bars, strategy: subject, params: {}, config: runConfigSchema.parse(input) });
    const { ledger } = result.session.portfolio;
    const round = (value: number) => Number(value.toPrecision(9));
    const trades = result.trades.map(
      ({ instrument, side, entryTimeMs, exitTimeMs, entryPrice, exitPrice, quantity }) =>
        [
          places[instrument],
          side,
          entryTimeMs,
          exitTimeMs,
          ...[entryPrice, exitPrice, quantity / scale].map(round),
        ].join(" "),
    );
    for (const index of ledger.held)
      trades.push(`${places[index]} holds ${round(ledger.quantity[index]! / scale)}`);
    const { ordersRefused, ordersTrimmed } = result.session.recorder;
    return {
      trades: trades.sort(),
      equity: ledger.equity() / scale,
      heldBack: ordersRefused + ordersTrimmed,
    };
  };
}
