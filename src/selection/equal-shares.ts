import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Signal } from "../domain/target.ts";
import type { ColumnStore } from "../engine/columns/column-store.ts";
import type { Opinion, Runner } from "../engine/runner.ts";
import type { AnyStrategy } from "../ports/strategy.ts";
import { blended, isWorthSaying, type ArsenalRunner } from "./arsenal-runner.ts";

/**
 * Holds on one symbol what all strategies of a finished choice would have held in equal shares. Their shadows have lived
 * through these bars: what they held is read off the log of the choice, and none of them trades again.
 */
export class EqualShares implements Runner {
  readonly strategy: AnyStrategy;
  readonly instrument: InstrumentIndex;
  readonly store: ColumnStore;
  readonly expressions = {};
  signal: Signal | null = null;
  private readonly choice: ArsenalRunner;
  private at = 0;
  private decidedRow = -1;
  private wanted = 0;
  private hasBegun = false;

  constructor(choice: ArsenalRunner) {
    this.strategy = choice.strategy;
    this.instrument = choice.instrument;
    this.store = choice.store;
    this.choice = choice;
  }

  decide(row: number, timeMs: number): Opinion {
    if (row !== this.decidedRow) {
      this.decidedRow = row;
      this.signal = null;
      if (row < this.firstDecisionRow()) return "warming up";
      this.follow(timeMs);
    }
    return this.signal === null ? "silent" : "signal";
  }

  silentUntil(from: number): number {
    return from;
  }

  nextRow(row: number): number {
    return row;
  }

  firstDecisionRow(): number {
    return this.choice.firstDecisionRow();
  }

  private follow(timeMs: number): void {
    const { log } = this.choice;
    while (this.at < log.length && log.timeMs[this.at]! < timeMs) this.at += 1;
    const weight = log.sharedWeight[this.at]!;
    const begins = !this.hasBegun && weight !== 0;
    this.hasBegun = true;
    if (!isWorthSaying(weight, this.wanted) && !begins) return;
    this.signal = blended(this.instrument, weight, `equal shares of ${log.sharers[this.at]!} strategies`);
    this.wanted = weight;
  }
}
