import { runThrough } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema, type RunConfigInput } from "../src/app/config/run-config.ts";
import { buildSession, layGround } from "../src/app/session/build-session.ts";
import { hourMs } from "../src/base/time.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import type { Timeframe } from "../src/domain/timeframe.ts";
import { minus } from "../src/indicators/minus.ts";
import { sma } from "../src/indicators/sma.ts";
import type { Broker } from "../src/ports/broker.ts";
import { strategy } from "../src/ports/strategy.ts";
import { eventsOf, plainAccount, type Quad, type Script } from "./scripted-run.ts";

/** A small run with something in it that the short way through quiet bars must not pass over. */
export type QuietWorld = {
  /** By hour, from 1; null where the bar is missing. */
  readonly bars: readonly (Quad | null)[];
  readonly script: Script;
  /** Beside the plain account. */
  readonly config?: RunConfigInput;
  readonly timeframe?: Timeframe | undefined;
  readonly tradeFromHour?: number | undefined;
  /** Bars of the average that it waits for. */
  readonly averageBars?: number;
  /** Whether the strategy is woken only by bars that do not close at 100. */
  readonly isSleepy?: boolean;
  readonly broker?: (venue: Broker) => Broker;
};

/** Everything that anybody can tell of a run, but for `shown`: the hours whose bars were lived whole. */
type Lived = {
  readonly told: unknown;
  readonly events: readonly string[];
  readonly shown: readonly number[];
};

/** One run of a world. What its strategy could see on every bar on which it was asked is told as well. */
export function lived(world: QuietWorld, skipQuiet: boolean): Lived {
  const { script, averageBars = 1, timeframe, tradeFromHour } = world;
  const seen: string[] = [];
  const shown: number[] = [];
  const subject = strategy({
    name: "watching",
    summary: "Notes what it sees, and states what the script says.",
    params: {},
    ...(world.isSleepy === true ? { wakeOn: "alarm" as const } : {}),
    setup: ({ bars: { close } }) => ({ mean: sma(close, averageBars), alarm: minus(close, 100) }),
    onBar({ timeMs, equity, cash, position, series, target }) {
      const hour = timeMs / hourMs;
      seen.push([hour, equity, cash, position.quantity, series.mean.now, series.alarm.prev].join(" "));
      const line = script[hour];
      if (line !== undefined) target(line[0], { reason: "script", ...line[1] });
    },
  });
  const table = tableOf(world.bars);
  const config = runConfigSchema.parse({
    ...plainAccount,
    ...world.config,
    execution: { ...world.config?.execution, skipQuiet },
  });
  const setup = {
    bars: [table],
    strategy: subject,
    params: {},
    config,
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(tradeFromHour === undefined ? {} : { tradeFromMs: tradeFromHour * hourMs }),
  };
  const ground = layGround(setup.bars, config, timeframe);
  const { broker = (venue: Broker) => venue } = world;
  const session = buildSession(setup, ground, { broker: (venue) => noting(shown)(broker(venue)) });
  runThrough(session, ground);
  const { recorder, portfolio } = session;
  const { log, warmingUp, silent, signals, firstDecisionRow, ordersSent, ordersFilled } = recorder;
  const told = {
    hash: log.hash(),
    equity: [...log.equity.subarray(0, log.length)],
    timeMs: [...log.timeMs.subarray(0, log.length)],
    exposedSlices: log.exposedSlices,
    counts: { warmingUp, silent, signals, firstDecisionRow, ordersSent, ordersFilled },
    trades: portfolio.trades.closed.map((trade) => ({ ...trade })),
    books: [portfolio.ledger.cash, portfolio.ledger.quantity[0], portfolio.ledger.lastPrice[0]],
    events: eventsOf(session),
    seen,
  };
  return { told, events: told.events, shown: shown.map((row) => table.closeTimeMs[row]! / hourMs) };
}

function tableOf(bars: QuietWorld["bars"]): BarTable {
  const table = new BarTable("TEST", "1h");
  for (const [k, bar] of bars.entries()) {
    if (bar === null) continue;
    const [open, high, low, close, volume = 1_000] = bar;
    table.append((k + 1) * hourMs, open, high, low, close, volume);
  }
  return table;
}

/** A broker that notes the rows of the bars that it is shown, as whoever stands before a venue sees them. */
export function noting(shown: number[]): (venue: Broker) => Broker {
  return (venue) => ({
    submit: (order) => venue.submit(order),
    cancel: (order) => venue.cancel(order),
    modify: (order) => venue.modify(order),
    quietUntil: (from, to) => venue.quietUntil(from, to),
    get hasAnswers() {
      return venue.hasAnswers;
    },
    advance(slice) {
      if (slice.count > 0) shown.push(slice.rows[0]!);
      return venue.advance(slice);
    },
  });
}
