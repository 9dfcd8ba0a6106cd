import { ownFrame, type Expr } from "../domain/expression.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ParamValue } from "../domain/params.ts";
import type { Position } from "../domain/portfolio.ts";
import { scaledSignal, type Signal } from "../domain/target.ts";
import type { AnyStrategy, Series, TargetOptions } from "../ports/strategy.ts";
import type { AccountView } from "./account-view.ts";
import type { ColumnStore } from "./columns/column-store.ts";
import type { Column } from "./columns/fold.ts";
import { Protector, type ProtectionLevels } from "./execution/protect.ts";
import type { Opinion, Runner } from "./runner.ts";
import { seenPosition } from "./seen-position.ts";
import { protectionRange, SymbolWindow } from "./symbol-window.ts";
import { refusePromise, strategyFailure, wantedSignal, type Stater } from "./wanted-signal.ts";

/** One strategy on one symbol: its columns, its memory, and the cursor that bounds what it can see. */
export class StrategyRunner implements Runner {
  readonly strategy: AnyStrategy;
  readonly instrument: InstrumentIndex;
  readonly store: ColumnStore;
  /** The expressions that the strategy watches, by its own names for them. */
  readonly expressions: Readonly<Record<string, Expr>>;
  /** What the last bar made the strategy want; null when it said nothing. */
  signal: Signal | null = null;
  private readonly window: SymbolWindow;
  private readonly context: RunnerContext;
  private readonly protector: Protector | null;
  /** The series that the strategy sleeps by, if it does. */
  private readonly alarmClock: Series | null;
  /** Its column, where it runs over the strategy's own bars. */
  private readonly alarms: Column | null;
  private isReady = false;
  private decidedRow = -1;
  private opinion: Opinion = "warming up";

  constructor(
    strategy: AnyStrategy,
    params: Readonly<Record<string, ParamValue>>,
    instrument: InstrumentIndex,
    store: ColumnStore,
    account: AccountView,
    protection: ProtectionLevels | null = null,
  ) {
    this.strategy = strategy;
    this.instrument = instrument;
    this.store = store;
    this.window = new SymbolWindow(strategy, params, store, protection);
    const { series, expressions } = this.window;
    this.expressions = expressions;
    this.protector = protection === null ? null : new Protector(protection, series[protectionRange]!);
    this.alarmClock = strategy.wakeOn === undefined ? null : series[strategy.wakeOn]!;
    const alarm = strategy.wakeOn === undefined ? null : expressions[strategy.wakeOn]!;
    this.alarms = alarm === null || alarm.frame !== ownFrame ? null : store.column(alarm);
    const { symbol } = store.bars;
    this.context = new RunnerContext(
      series,
      params,
      symbol,
      account,
      seenPosition(account.positionAt(instrument), this.window),
      strategy.memory?.(),
    );
    this.context.target = (weight, options) => this.want(weight, options);
  }

  /** Shows the strategy the bar in `row` and asks what it wants. */
  decide(row: number, timeMs: number): Opinion {
    if (row !== this.decidedRow) {
      this.decidedRow = row;
      this.opinion = this.ask(row, timeMs);
    }
    return this.opinion;
  }

  /**
   * Asks about rows `from`, `from + 1`, ... until the strategy speaks, and returns that row, or `to`. The answer for
   * that row is kept: `decide` gives it without asking twice. `ledger` is marked at every close, as
   * marking the account would do.
   */
  silentUntil(from: number, to: number, ledger: Ledger): number {
    const { context } = this;
    const { cursor, hasFrames } = this.window;
    const { closeTimeMs, close } = this.store.bars;
    if (!this.isReady || hasFrames) return from;
    this.window.holdUntil(to);
    const onBar = this.strategy.onBar as (context: RunnerContext) => unknown;
    const alarms = this.alarms === null ? null : this.alarms.values;
    this.signal = null;
    let row = from;
    try {
      for (; row < to; row++) {
        if (alarms !== null && !rings(alarms[row]!)) continue;
        cursor.row = row;
        ledger.markAt(this.instrument, close[row]!);
        context.timeMs = closeTimeMs[row]!;
        const answer = onBar(context);
        if (answer !== undefined) refusePromise(answer, "onBar", this.stater);
        if (this.signal !== null) break;
      }
    } catch (cause) {
      throw this.failure(cause);
    }
    this.decidedRow = row < to ? row : row - 1;
    this.opinion = row < to ? "signal" : "silent";
    return row;
  }

  /** As `Runner` says: a strategy that sleeps by a series of its own bars is awake where that series rings. */
  nextRow(row: number): number {
    const { alarms } = this;
    if (!this.isReady || alarms === null) return row;
    const { length } = this.store.bars;
    // Rows that have not come yet may ring.
    let next = row;
    while (next < length && !rings(alarms.values[next]!)) next += 1;
    return next;
  }

  private ask(row: number, timeMs: number): Opinion {
    this.window.moveTo(row);
    if (!this.isReady && !this.checkReady(row)) return "warming up";
    this.signal = null;
    this.context.timeMs = timeMs;
    if (this.alarmClock !== null && !rings(this.alarmClock.now)) return "silent";
    try {
      const answer = (this.strategy.onBar as (context: RunnerContext) => unknown)(this.context);
      if (answer !== undefined) refusePromise(answer, "onBar", this.stater);
    } catch (cause) {
      throw this.failure(cause);
    }
    return this.signal === null ? "silent" : "signal";
  }

  private checkReady(row: number): boolean {
    this.isReady = row >= this.firstDecisionRow();
    return this.isReady;
  }

  firstDecisionRow(): number {
    return this.window.firstDecisionRow();
  }

  private want(weight: number, options: string | TargetOptions): void {
    const signal = wantedSignal(this.instrument, weight, options, this.signal, this.stater);
    const { close } = this.store.bars;
    const { position } = this.context;
    const own = this.protector?.protect(signal, close[this.window.cursor.row]!, position.quantity) ?? signal;
    this.signal = scaledSignal(own, 1 / this.window.priceFactor);
  }

  private get stater(): Stater {
    const { symbol, timeMs } = this.context;
    return { strategyName: this.strategy.name, symbol, timeMs };
  }

  private failure(cause: unknown): unknown {
    return strategyFailure(this.stater, "onBar", cause);
  }
}

/** Whether a series wakes its strategy: NaN and zero let it sleep. */
function rings(value: number): boolean {
  return value !== 0 && value === value;
}

/** The one object that a strategy is handed, bar after bar. */
class RunnerContext {
  readonly series: Readonly<Record<string, Series>>;
  readonly p: Readonly<Record<string, ParamValue>>;
  readonly symbol: string;
  readonly position: Position;
  readonly memory: unknown;
  timeMs = 0;
  target: (weight: number, options: string | TargetOptions) => void = () => {};
  readonly positionOf: (symbol: string) => Position;
  readonly #account: AccountView;

  constructor(
    series: Readonly<Record<string, Series>>,
    params: Readonly<Record<string, ParamValue>>,
    symbol: string,
    account: AccountView,
    position: Position,
    memory: unknown,
  ) {
    this.series = series;
    this.p = params;
    this.symbol = symbol;
    this.#account = account;
    this.positionOf = (other) => account.positionOf(other);
    this.position = position;
    this.memory = memory;
  }
  get equity(): number {
    return this.#account.equity;
  }
  get cash(): number {
    return this.#account.cash;
  }
  get openPositions(): number {
    return this.#account.openPositions;
  }
  get openPositionsMax(): number {
    return this.#account.openPositionsMax;
  }
}
