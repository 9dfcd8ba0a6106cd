import { assert } from "../base/assert.ts";
import type { Expr } from "../domain/expression.ts";
import type { Instrument, InstrumentIndex } from "../domain/instrument.ts";
import type { ParamValue } from "../domain/params.ts";
import type { Position } from "../domain/portfolio.ts";
import { scaledSignal, type Signal } from "../domain/target.ts";
import type { AnyStrategy, Series, TargetOptions } from "../ports/strategy.ts";
import type { AccountView } from "./account-view.ts";
import type { ColumnStore } from "./columns/column-store.ts";
import { Protector, type ProtectionLevels } from "./execution/protect.ts";
import type { Opinion, Runner } from "./runner.ts";
import { seenPosition } from "./seen-position.ts";
import { protectionRange, SymbolWindow } from "./symbol-window.ts";
import { wantedSignal } from "./wanted-signal.ts";

const nothing: Readonly<Record<string, Expr>> = {};

/** One symbol of a portfolio: its series, and what the last decision of the whole wants of it. */
export class MemberRunner implements Runner {
  readonly strategy: AnyStrategy;
  readonly instrument: InstrumentIndex;
  readonly symbol: string;
  readonly store: ColumnStore;
  readonly expressions: Readonly<Record<string, Expr>>;
  signal: Signal | null = null;
  /** Null for a symbol of the run that is outside the strategy's universe. */
  private readonly window: SymbolWindow | null;
  /** The holding as the strategy sees it. */
  readonly position: Position;
  private readonly protector: Protector | null;
  private readonly account: AccountView;
  private decidedRow = Number.NaN;
  private opinion: Opinion = "warming up";

  constructor(
    strategy: AnyStrategy,
    params: Readonly<Record<string, ParamValue>>,
    { index, symbol }: Instrument,
    store: ColumnStore,
    account: AccountView,
    protection: ProtectionLevels | null,
    isInUniverse: boolean,
  ) {
    this.strategy = strategy;
    this.instrument = index;
    this.symbol = symbol;
    this.store = store;
    this.account = account;
    this.window = isInUniverse ? new SymbolWindow(strategy, params, store, protection) : null;
    this.expressions = this.window?.expressions ?? nothing;
    const held = account.positionAt(index);
    this.position = this.window === null ? held : seenPosition(held, this.window);
    const range = this.window?.series[protectionRange];
    this.protector = protection === null || range === undefined ? null : new Protector(protection, range);
  }

  /** The series at the last closed bar; null while they warm up, and outside the universe. */
  get series(): Readonly<Record<string, Series>> | null {
    return this.window !== null && this.opinion !== "warming up" ? this.window.series : null;
  }

  /** Takes in a closed bar: until the portfolio speaks, nothing is wanted on it. */
  moveTo(row: number): Opinion {
    this.decidedRow = row;
    this.signal = null;
    this.window?.moveTo(row);
    this.opinion = row < this.firstDecisionRow() ? "warming up" : "silent";
    return this.opinion;
  }

  /** What the decision on the bar in `row` wanted. */
  decide(row: number): Opinion {
    return row === this.decidedRow ? this.opinion : this.moveTo(row);
  }

  /** A portfolio looks at every bar: prices of its other symbols may make it speak. */
  silentUntil(from: number): number {
    return from;
  }

  nextRow(row: number): number {
    return row;
  }

  firstDecisionRow(): number {
    return this.window?.firstDecisionRow() ?? 0;
  }

  /** Forgets what an earlier decision wanted: a symbol may have no bar in between. */
  hush(): void {
    if (this.signal === null) return;
    this.signal = null;
    this.opinion = "silent";
  }

  /** States the target of the present decision. Throws what `wantedSignal` throws. */
  want(weight: number, options: string | TargetOptions, timeMs: number): void {
    const stater = { strategyName: this.strategy.name, symbol: this.symbol, timeMs };
    const signal = wantedSignal(this.instrument, weight, options, this.signal, stater);
    const close = this.store.bars.close[this.decidedRow]!;
    const { quantity } = this.account.positionAt(this.instrument);
    assert(this.decidedRow >= 0 || weight === 0, "only a symbol with bars can be bought");
    const own = this.protector?.protect(signal, close, quantity) ?? signal;
    this.signal = scaledSignal(own, 1 / (this.window?.priceFactor ?? 1));
    this.opinion = "signal";
  }
}
