import { KiwiError } from "../base/errors.ts";
import { formatTime } from "../base/time.ts";
import { barSeries, ownFrame, timeframeFrame, type Expr } from "../domain/expression.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { ParamValue } from "../domain/params.ts";
import { unprotected, type Entry, type Signal } from "../domain/target.ts";
import type { AnyStrategy, Series, TargetOptions } from "../ports/strategy.ts";
import type { ColumnStore } from "./columns/column-store.ts";
import type { Column } from "./columns/fold.ts";
import type { Frame } from "./columns/frame.ts";
import { firstRowThatSees, readyRow } from "./columns/warmup.ts";
import type { Portfolio } from "./execution/portfolio.ts";
import { Protector, type ProtectionLevels } from "./execution/protect.ts";
import type { Opinion, Runner } from "./runner.ts";

type Cursor = { row: number };
type FrameCursor = { readonly cursor: Cursor; readonly frame: Frame };

const market: Entry = { kind: "market" };
/** The name of the series that protection is measured in; the space keeps it apart from a strategy's own names. */
const protectionRange = "protection range";

/** One strategy on one symbol: its columns, its memory, and the cursor that bounds what it can see. */
export class StrategyRunner implements Runner {
  readonly strategy: AnyStrategy;
  readonly instrument: InstrumentIndex;
  readonly store: ColumnStore;
  /** The expressions that the strategy watches, by its own names for them. */
  readonly expressions: Readonly<Record<string, Expr>>;
  /** What the last bar made the strategy want; null when it said nothing. */
  signal: Signal | null = null;
  private readonly columns: readonly Column[];
  private readonly cursor: Cursor = { row: -1 };
  private readonly frames: readonly FrameCursor[];
  private readonly context: RunnerContext;
  private readonly protector: Protector | null;
  /** The series that the strategy sleeps by, if it does. */
  private readonly alarmClock: Series | null;
  /** Its column, where it runs over the strategy's own bars. */
  private readonly alarms: Column | null;
  private isReady = false;
  /** Infinity until it is known; from then on it stays. */
  private firstRow = Infinity;
  private decidedRow = -1;
  private opinion: Opinion = "warming up";
  private rowsSeen = 0;

  constructor(
    strategy: AnyStrategy,
    params: Readonly<Record<string, ParamValue>>,
    instrument: InstrumentIndex,
    store: ColumnStore,
    portfolio: Portfolio,
    protection: ProtectionLevels | null = null,
  ) {
    this.strategy = strategy;
    this.instrument = instrument;
    this.store = store;
    const watched = strategy.setup({
      bars: barSeries(),
      tf: (timeframe) => barSeries(timeframeFrame(timeframe)),
      symbol: (symbol, timeframe) =>
        barSeries(timeframe === undefined ? `${symbol}@` : timeframeFrame(timeframe, symbol)),
      p: params,
    });
    this.expressions = protection === null ? watched : { ...watched, [protectionRange]: protection.range };
    const keys = new Set(Object.values(this.expressions).map(({ frame }) => frame));
    keys.delete(ownFrame);
    this.frames = [...keys].map((key) => ({ cursor: { row: -1 }, frame: store.frame(key) }));
    const cursors = new Map([...keys].map((key, k) => [key, this.frames[k]!.cursor]));
    const series: Record<string, Series> = {};
    const columns: Column[] = [];
    for (const [name, expression] of Object.entries(this.expressions)) {
      const column = store.column(expression);
      columns.push(column);
      series[name] = new ColumnSeries(
        column,
        expression.frame === ownFrame ? this.cursor : cursors.get(expression.frame)!,
      );
    }
    this.columns = columns;
    this.protector = protection === null ? null : new Protector(protection, series[protectionRange]!);
    this.alarmClock = strategy.wakeOn === undefined ? null : series[strategy.wakeOn]!;
    const alarm = strategy.wakeOn === undefined ? null : this.expressions[strategy.wakeOn]!;
    this.alarms = alarm === null || alarm.frame !== ownFrame ? null : store.column(alarm);
    this.context = new RunnerContext(
      series,
      params,
      store.bars.symbol,
      portfolio,
      instrument,
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
   * that row is kept: `decide` gives it without asking twice. `lastPrice` follows, as marking the account would do.
   */
  silentUntil(from: number, to: number, lastPrice: Float64Array): number {
    const { cursor, context } = this;
    const { closeTimeMs, close } = this.store.bars;
    if (!this.isReady || this.frames.length > 0) return from;
    const onBar = this.strategy.onBar as (context: RunnerContext) => unknown;
    const alarms =
      this.alarmClock === null ? null : this.store.column(this.expressions[this.strategy.wakeOn!]!).values;
    this.signal = null;
    let row = from;
    try {
      for (; row < to; row++) {
        if (alarms !== null && !rings(alarms[row]!)) continue;
        cursor.row = row;
        lastPrice[this.instrument] = close[row]!;
        context.timeMs = closeTimeMs[row]!;
        const answer = onBar(context);
        if (answer !== undefined) this.refusePromise(answer);
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
    if (row >= this.rowsSeen) this.extend();
    this.cursor.row = row;
    for (let k = 0; k < this.frames.length; k++)
      this.frames[k]!.cursor.row = this.frames[k]!.frame.visible[row]!;
    if (!this.isReady && !this.checkReady(row)) return "warming up";
    this.signal = null;
    this.context.timeMs = timeMs;
    if (this.alarmClock !== null && !rings(this.alarmClock.now)) return "silent";
    try {
      const answer = (this.strategy.onBar as (context: RunnerContext) => unknown)(this.context);
      if (answer !== undefined) this.refusePromise(answer);
    } catch (cause) {
      throw this.failure(cause);
    }
    return this.signal === null ? "silent" : "signal";
  }

  /** Folds whatever bars have arrived since: all of history at once, or one live bar. */
  private extend(): void {
    for (const { frame } of this.frames) frame.extend();
    for (const column of this.columns) column.extend();
    this.rowsSeen = this.store.bars.length;
  }

  private checkReady(row: number): boolean {
    this.isReady = row >= this.firstDecisionRow();
    return this.isReady;
  }

  /**
   * The first row on which the strategy is asked: every series has a value that no longer depends on where the data
   * begin, and one before it, so that `prev` can be read. The series that wakes it needs no previous one. Infinity
   * while a higher timeframe has not closed often enough.
   */
  firstDecisionRow(): number {
    if (this.firstRow === Infinity) this.firstRow = this.findFirstRow();
    return this.firstRow;
  }

  private findFirstRow(): number {
    let first = 0;
    for (const [name, expression] of Object.entries(this.expressions)) {
      const row = readyRow(expression, this.store) + (name === this.strategy.wakeOn ? 0 : 1);
      const isOwn = expression.frame === ownFrame;
      first = Math.max(
        first,
        isOwn ? row : firstRowThatSees(this.store.frame(expression.frame), row, this.store),
      );
    }
    return first;
  }

  private want(weight: number, options: string | TargetOptions): void {
    if (!Number.isFinite(weight)) throw this.badTarget(weight);
    const signal = signalOf(this.instrument, weight, options);
    for (const price of pricesOf(signal)) if (!(price > 0 && price < Infinity)) throw this.badPrice(price);
    this.signal =
      this.protector?.protect(
        signal,
        this.store.bars.close[this.cursor.row]!,
        this.context.position.quantity,
      ) ?? signal;
  }

  /** What an `onBar` would say later, it would say about another bar: a promise is no answer. */
  private refusePromise(answer: unknown): void {
    if (typeof (answer as { readonly then?: unknown } | null)?.then !== "function") return;
    // Whatever becomes of it is said here, once.
    Promise.resolve(answer).catch(() => {});
    throw promised(this.strategy.name, this.store.bars.symbol, this.context.timeMs);
  }

  private badTarget(weight: number): KiwiError {
    return new KiwiError({
      code: "STRATEGY_BAD_TARGET",
      exit: "data",
      message: `strategy ${this.strategy.name} asked for weight ${weight} of ${this.store.bars.symbol} at ${formatTime(this.context.timeMs)}`,
      why: "a target weight is a finite number; NaN usually means a division by zero or a series that is still warming up",
      fix: `check the value before calling target(), e.g. if (Number.isFinite(weight)) target(weight, "...")`,
      topic: "strategy-errors",
    });
  }

  private badPrice(price: number): KiwiError {
    return new KiwiError({
      code: "STRATEGY_BAD_PRICE",
      exit: "data",
      message: `strategy ${this.strategy.name} named a price of ${price} for ${this.store.bars.symbol} at ${formatTime(this.context.timeMs)}`,
      why: "entry, stop, take-profit and trail must be finite numbers above zero, or they can never trigger",
      fix: "leave the level out when its series is not known yet: an undefined stopPrice means no stop",
      topic: "strategy-errors",
    });
  }

  private failure(cause: unknown): unknown {
    if (cause instanceof KiwiError) return cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    return new KiwiError(
      {
        code: "STRATEGY_THREW",
        exit: "data",
        message: `strategy ${this.strategy.name} failed on ${this.store.bars.symbol} at ${formatTime(this.context.timeMs)}: ${text}`,
        why: "its onBar function threw, so from this bar on nobody knows what it wants; the run stops here",
        fix: `mend the strategy; -v shows the stack, and "kiwi strategy test" runs it on synthetic bars`,
        topic: "strategy-errors",
      },
      { cause },
    );
  }
}

function promised(name: string, symbol: string, timeMs: number): KiwiError {
  return new KiwiError({
    code: "STRATEGY_ASYNC",
    exit: "data",
    message: `the onBar of strategy ${name} returned a promise on ${symbol} at ${formatTime(timeMs)}`,
    why: "a decision belongs to its bar; what comes later would come when the bar is long over",
    fix: "let onBar be an ordinary function that decides at once; what must be waited for is read before the run and handed in as a series",
    topic: "strategy-errors",
  });
}

/** Whether a series wakes its strategy: NaN and zero let it sleep. */
function rings(value: number): boolean {
  return value !== 0 && value === value;
}

const noPrices: readonly number[] = [];

/** Every price and distance that a signal names. */
function pricesOf({ entry, protection }: Signal): readonly number[] {
  if (entry === market && protection === unprotected) return noPrices;
  const { stopPrice, takeProfitPrice, trail } = protection;
  const distance = trail === undefined ? undefined : trail.kind === "amount" ? trail.amount : trail.fraction;
  const entryPrice = entry.kind === "market" ? undefined : entry.price;
  return [entryPrice, stopPrice, takeProfitPrice, distance].filter((price) => price !== undefined);
}

function signalOf(instrument: InstrumentIndex, weight: number, options: string | TargetOptions): Signal {
  if (typeof options === "string")
    return { instrument, weight, reason: options, entry: market, protection: unprotected };
  const { reason, entry = market, ...protection } = options;
  return { instrument, weight, reason, entry, protection };
}

/** The strategy's window on one column. Its parts are really private: whoever reached the column could read ahead. */
class ColumnSeries implements Series {
  readonly #column: Column;
  readonly #cursor: Cursor;

  constructor(column: Column, cursor: Cursor) {
    this.#column = column;
    this.#cursor = cursor;
  }
  get now(): number {
    return this.#column.values[this.#cursor.row]!;
  }
  get prev(): number {
    const row = this.#cursor.row - 1;
    return row < 0 ? Number.NaN : this.#column.values[row]!;
  }
  ago(bars: number): number {
    if (!(bars >= 0)) throw new RangeError(`ago(${bars}): the future cannot be read`);
    const row = this.#cursor.row - bars;
    return row < 0 ? Number.NaN : this.#column.values[row]!;
  }
}

/** The one object that a strategy is handed, bar after bar. */
class RunnerContext {
  readonly series: Readonly<Record<string, Series>>;
  readonly p: Readonly<Record<string, ParamValue>>;
  readonly symbol: string;
  readonly position: ReturnType<Portfolio["position"]>;
  readonly memory: unknown;
  timeMs = 0;
  target: (weight: number, options: string | TargetOptions) => void = () => {};
  readonly #portfolio: Portfolio;

  constructor(
    series: Readonly<Record<string, Series>>,
    params: Readonly<Record<string, ParamValue>>,
    symbol: string,
    portfolio: Portfolio,
    instrument: InstrumentIndex,
    memory: unknown,
  ) {
    this.series = series;
    this.p = params;
    this.symbol = symbol;
    this.#portfolio = portfolio;
    this.position = portfolio.position(instrument);
    this.memory = memory;
  }
  get equity(): number {
    return this.#portfolio.ledger.equity();
  }
}
