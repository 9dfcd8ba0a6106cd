import type { Expr } from "../domain/expression.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { Signal } from "../domain/target.ts";
import type { AnyStrategy } from "../ports/strategy.ts";
import type { ColumnStore } from "./columns/column-store.ts";

/** What a runner has to say about a bar. */
export type Opinion = "warming up" | "silent" | "signal";

/** Whoever is asked about every decision bar of one instrument: a strategy, or the choice among several. */
export interface Runner {
  readonly strategy: AnyStrategy;
  readonly instrument: InstrumentIndex;
  readonly store: ColumnStore;
  /** The expressions that it watches, by its own names for them. */
  readonly expressions: Readonly<Record<string, Expr>>;
  /** What the last bar made it want; null when it said nothing. */
  readonly signal: Signal | null;
  /** Asks about the bar in `row`. */
  decide(row: number, timeMs: number): Opinion;
  /**
   * Asks about rows `from`, `from + 1`, ... until it speaks, and returns that row, or `to`. The answer for that row is
   * kept: `decide` gives it without asking twice. `ledger` is marked at every close, as
   * marking the account would do.
   */
  silentUntil(from: number, to: number, ledger: Ledger): number;
  /**
   * The first row from `row` on at which it must be asked: before it, it stays silent whatever happens. `row` itself
   * where nobody can tell.
   */
  nextRow(row: number): number;
  /** The first row on which it decides; Infinity while that cannot be known. */
  firstDecisionRow(): number;
}
