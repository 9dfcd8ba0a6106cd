import { sessionEnds } from "../../analysis/metrics/sessions.ts";
import { simpleReturn } from "../../analysis/metrics/daily-returns.ts";
import { KiwiError } from "../../base/errors.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import { endRunOf } from "../../engine/columns/column-store.ts";
import { DecisionLog } from "../../engine/decision-log/decision-log.ts";
import type { Session } from "../../engine/session.ts";
import { runConfigOf, type KiwiConfig } from "../config/config-schema.ts";
import { watchedStrategy, type StrategyWatch } from "../plugins/watched-strategy.ts";
import type { RunRequest } from "../runs/run-request.ts";
import { runThrough } from "../runs/run-backtest.ts";
import { measuredFrom } from "../runs/score-run.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { buildSession, layGround, logOver } from "../session/build-session.ts";
import { configAt } from "./config-at.ts";
import { firstAbove, measureRows, type MeasuredRun } from "./measure-rows.ts";
import { adoptColumns } from "./shared-columns.ts";
import type {
  Measures,
  SharedColumns,
  TrialMeasuring,
  TrialOutcome,
  TrialsRequest,
  TrialTask,
} from "./trial.ts";

/** Bars, columns and a log that all trials on the same share of the bars have in common. */
type Field = {
  readonly share: number;
  readonly setup: BacktestSetup;
  readonly ground: Ground;
  readonly log: DecisionLog;
  /** Trials see no later row for their choice; what comes after is out of sample. */
  readonly cutMs: number;
  /** Columns that were folded for all. */
  readonly adopted: Set<string>;
  ends: Int32Array | null;
};

/** A run of which trials are variations, and the configuration whose keys they may set. */
type Runnable = {
  readonly setup: BacktestSetup;
  readonly request: Pick<RunRequest, "config">;
};

/** Runs trials of one search one after the other. Each is a whole run of the engine; only what they share is kept. */
export class TrialRunner {
  private readonly prepared: Runnable;
  private readonly measuring: TrialMeasuring;
  private readonly watch: StrategyWatch | undefined;
  private readonly columnBytesMax: number | undefined;
  /** That of the last trial: rounds go from one share of the bars to the next. */
  private field: Field | null = null;

  constructor(
    prepared: Runnable,
    { measuring }: Pick<TrialsRequest, "measuring">,
    watch?: StrategyWatch,
    columnBytesMax?: number,
  ) {
    this.prepared = prepared;
    this.measuring = measuring;
    this.watch = watch;
    this.columnBytesMax = columnBytesMax;
  }

  /** What became of one trial; what its strategy throws is its outcome, and nobody else's. */
  run(task: TrialTask): TrialOutcome {
    const field = this.fieldOf(task.share);
    try {
      field.log.reset();
      const session = this.sessionOf(field, task);
      runThrough(session, field.ground);
      endRunOf(field.ground.stores, this.columnBytesMax);
      return this.measure(field, session, task);
    } catch (error) {
      if (isOwnFault(error)) throw error;
      return { kind: "failed", index: task.index, error: errorLine(error) };
    }
  }

  /** Takes over columns that were folded for all; trials on a share of the bars fold their own. */
  adopt(columns: SharedColumns): void {
    const { ground, adopted } = this.fieldOf(1);
    adoptColumns(ground, columns, adopted);
  }

  private sessionOf({ setup, ground, log }: Field, { params, settings }: TrialTask): Session {
    const config: KiwiConfig = this.prepared.request.config;
    const isPlain = Object.keys(settings).length === 0;
    const own = isPlain ? setup.config : runConfigOf(configAt(config, settings));
    return buildSession({ ...setup, params, config: own }, ground, { log });
  }

  private measure(field: Field, session: Session, task: TrialTask): TrialOutcome {
    const { log, ground, cutMs } = field;
    const calendar = ground.calendars[0]!;
    // The slices are the same in every run, so their trading days are found once.
    field.ends ??= sessionEnds(log.timeMs, log.length, calendar);
    const run: MeasuredRun = { log, trades: session.portfolio.trades, calendar, ends: field.ends };
    const from = measuredFrom(session);
    const last = log.length - 1;
    const cut = Math.min(last, firstAbove(log.timeMs.subarray(0, log.length), cutMs) - 1);
    const { keys, folds } = this.measuring;
    return {
      kind: "measured",
      index: task.index,
      inSample: exact(measureRows(run, from, cut, keys)),
      folds:
        folds === 1 ? [] : foldRows(from, cut, folds).map(([a, b]) => exact(measureRows(run, a, b, keys))),
      outOfSample: cut < last ? exact(measureRows(run, Math.max(from, cut), last, keys)) : null,
      returns: task.wantsReturns ? returnsOf(log, field.ends, cut) : null,
    };
  }

  private fieldOf(share: number): Field {
    if (this.field?.share === share) return this.field;
    // Its memory may go before another takes its place.
    this.field = null;
    const { setup: whole } = this.prepared;
    const { cutMs, bars } = barsOfShare(whole, this.measuring.holdout, share);
    const setup = {
      ...whole,
      bars,
      strategy: watchedStrategy(whole.strategy, this.watch, whole.registry),
    };
    const ground = layGround(bars, setup.config, setup.timeframe, setup.actions);
    const log = logOver(bars);
    return (this.field = { share, setup, ground, log, cutMs, adopted: new Set<string>(), ends: null });
  }
}

/** The bars of a share of what a search may see, and the close after which it sees nothing. */
function barsOfShare(
  { bars, tradeFromMs = -Infinity }: BacktestSetup,
  holdout: number,
  share: number,
): { readonly cutMs: number; readonly bars: readonly Bars[] } {
  const firstMs = Math.max(tradeFromMs, Math.min(...bars.map((table) => table.closeTimeMs[0]!)));
  const lastMs = Math.max(...bars.map((table) => table.closeTimeMs[table.length - 1]!));
  const seenMs = holdout === 0 ? lastMs : firstMs + (lastMs - firstMs) * (1 - holdout);
  if (share === 1) return { cutMs: seenMs, bars };
  const cutMs = firstMs + (seenMs - firstMs) * share;
  const rowsOf = (table: Bars): number => firstAbove(table.closeTimeMs.subarray(0, table.length), cutMs);
  return { cutMs, bars: bars.map((table) => sliceBars(table, 0, Math.max(2, rowsOf(table)))) };
}

/** Rows from `from` to `to` in equal parts; each begins where the one before it ended. */
function foldRows(from: number, to: number, folds: number): readonly (readonly [number, number])[] {
  const edge = (k: number): number => from + Math.floor(((to - from) * k) / folds);
  return Array.from({ length: folds }, (_, k) => [edge(k), edge(k + 1)] as const);
}

/** Returns of the periods that end by row `cut`: the same periods for every trial, whenever it could first decide. */
function returnsOf({ equity }: DecisionLog, ends: Int32Array, cut: number): Float64Array {
  const returns = new Float64Array(Math.max(0, firstAbove(ends, cut) - 1));
  for (let k = 0; k < returns.length; k++) {
    const change = simpleReturn(equity[ends[k]!]!, equity[ends[k + 1]!]!);
    // Who has nothing left earns nothing.
    returns[k] = Number.isFinite(change) ? change : 0;
  }
  return returns;
}

/** A negative zero does not survive its way as text, and must not differ here. */
function exact(measures: Measures): Measures {
  return Object.fromEntries(
    Object.entries(measures).map(([key, value]) => [key, value === null ? null : value + 0]),
  );
}

/** Broken promises of our own code end everything. */
function isOwnFault(error: unknown): boolean {
  return error instanceof Error && error.name === "AssertionError";
}

function errorLine(error: unknown): string {
  if (error instanceof KiwiError) return `${error.parts.code} ${error.parts.message}`;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split("\n")[0]!.slice(0, 200);
}
