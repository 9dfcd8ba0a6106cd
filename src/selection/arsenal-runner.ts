import type { Expr } from "../domain/expression.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { regimeLabels } from "../domain/regime.ts";
import type { Signal } from "../domain/target.ts";
import type { RegimeSeries } from "../ports/regime.ts";
import type { Selection, Selector } from "../ports/selector.ts";
import type { AnyStrategy } from "../ports/strategy.ts";
import type { ColumnStore } from "../engine/columns/column-store.ts";
import { readyRow } from "../engine/columns/warmup.ts";
import type { Opinion, Runner } from "../engine/runner.ts";
import type { WatchedCandidate } from "./candidate.ts";
import { RegimeWindow } from "./regime-window.ts";
import { SelectionLog } from "./selection-log.ts";
import type { Shadow } from "./shadow.ts";
import { SwitchCosts, type CostRate } from "./switch-costs.ts";

/** Changes of a blended holding smaller than this are not worth saying. */
const blendStep = 0.05;

/** Whether a blended holding is another one than was wanted last. */
export function isWorthSaying(weight: number, wanted: number): boolean {
  return !(Math.abs(weight - wanted) < blendStep && (weight === 0) === (wanted === 0));
}

/** A blended holding, which has no levels of its own. */
export function blended(instrument: InstrumentIndex, weight: number, reason: string): Signal {
  return {
    instrument,
    weight,
    reason,
    entry: { kind: "market" },
    protection: {},
    replacesProtection: true,
  };
}

/** What a runner of the arsenal is made of. */
export type ArsenalParts = {
  readonly strategy: AnyStrategy;
  readonly instrument: InstrumentIndex;
  readonly store: ColumnStore;
  readonly regime: RegimeSeries;
  readonly selector: Selector;
  readonly candidates: readonly WatchedCandidate[];
  readonly costRate: CostRate;
  readonly barsPerYear: number;
};

/**
 * Chooses among several strategies on one symbol. Every bar it measures all of them by their shadows, asks the
 * selector, and wants what the chosen shadow wants.
 */
export class ArsenalRunner implements Runner {
  readonly strategy: AnyStrategy;
  readonly instrument: InstrumentIndex;
  readonly store: ColumnStore;
  readonly expressions: Readonly<Record<string, Expr>>;
  signal: Signal | null = null;
  /** What the last bar that was decided on chose. */
  selection: Selection | null = null;
  readonly log: SelectionLog;
  readonly candidates: readonly WatchedCandidate[];
  /** The regime at the last bar that was observed. */
  /** The regime at the bar that was observed last. */
  readonly regime: RegimeWindow;
  private readonly selector: Selector;
  private readonly barsPerYear: number;
  private readonly switchCosts: SwitchCosts;
  private readonly posteriorBefore = new Float64Array(regimeLabels.length);
  private current = -1;
  private barsSinceSwitch = 0;
  private share = 1;
  private isBlending = false;
  /** The weight that was wanted last, by us. */
  private wantedWeight = 0;
  private readyFrom = Infinity;
  private decidedRow = -1;
  private opinion: Opinion = "warming up";

  constructor(parts: ArsenalParts) {
    this.strategy = parts.strategy;
    this.instrument = parts.instrument;
    this.store = parts.store;
    this.selector = parts.selector;
    this.barsPerYear = parts.barsPerYear;
    this.candidates = parts.candidates;
    this.regime = new RegimeWindow(parts.regime, parts.store);
    this.expressions = this.regime.expressions;
    this.switchCosts = new SwitchCosts(parts.candidates, parts.costRate);
    this.log = new SelectionLog(parts.candidates.map(({ name }) => name));
    this.posteriorBefore[regimeLabels.indexOf("unknown")] = 1;
  }

  /** Measures the bar that has closed, whether or not anything is decided on it. */
  observe(row: number, timeMs: number): void {
    for (const candidate of this.candidates) {
      candidate.shadow.settle();
      candidate.measure(row, timeMs, this.posteriorBefore);
    }
    this.regime.moveTo(row);
    this.posteriorBefore.set(this.regime.probabilities);
  }

  decide(row: number, timeMs: number): Opinion {
    if (row !== this.decidedRow) {
      this.decidedRow = row;
      this.opinion = this.choose(row, timeMs);
    }
    return this.opinion;
  }

  private choose(row: number, timeMs: number): Opinion {
    this.signal = null;
    if (row < this.firstDecisionRow()) return "warming up";
    this.barsSinceSwitch += 1;
    const selection = this.selector.select({
      timeMs,
      symbol: this.store.bars.symbol,
      regime: this.regime.view,
      barsPerYear: this.barsPerYear,
      candidates: this.candidates,
      current: this.current,
      barsSinceSwitch: this.barsSinceSwitch,
      switchCost: this.switchCosts.from(this.current, row),
    });
    this.selection = selection;
    this.log.record(timeMs, selection, this.regime, this.candidates);
    const before = this.current;
    if (selection.strategy !== before) this.barsSinceSwitch = 0;
    const shareBefore = this.share;
    this.current = selection.strategy;
    this.share = selection.share;
    const isHandedOver = selection.strategy !== before || selection.share !== shareBefore;
    this.signal =
      selection.blend === null ? this.follow(selection, isHandedOver) : this.mix(selection, selection.blend);
    if (this.signal !== null) this.wantedWeight = this.signal.weight;
    return this.signal === null ? "silent" : "signal";
  }

  /** A choice among several looks at every bar: there is no short way. */
  silentUntil(from: number): number {
    return from;
  }

  nextRow(row: number): number {
    return row;
  }

  firstDecisionRow(): number {
    if (this.readyFrom === Infinity) {
      const rows = Object.values(this.expressions).map((expression) => readyRow(expression, this.store));
      const soonest = Math.min(...this.candidates.map(({ shadow }) => shadow.runner.firstDecisionRow()));
      this.readyFrom = Math.max(soonest, ...rows.map((row) => row + 1));
    }
    return this.readyFrom;
  }

  private follow(selection: Selection, isHandedOver: boolean): Signal | null {
    this.isBlending = false;
    if (selection.strategy < 0) return this.wantedWeight === 0 ? null : this.flat(selection.reason);
    const { shadow } = this.candidates[selection.strategy]!;
    if (isHandedOver) return this.takeOver(shadow, selection.reason, selection.action === "switch");
    if (shadow.spoken !== null)
      return this.signalOf(shadow.spoken, `${shadow.name}: ${shadow.spoken.reason}`);
    if (shadow.weight === 0 && this.wantedWeight !== 0)
      return this.flat(`${shadow.name}: its own position is closed`);
    return null;
  }

  /** What the new one holds already is bought at market; what it still waits for is waited for. */
  private takeOver(shadow: Shadow, reason: string, isNew: boolean): Signal | null {
    if (shadow.weight === 0 || shadow.wanted === null)
      return this.wantedWeight === 0 ? null : this.flat(`${shadow.name} holds nothing; ${reason}`);
    const entry = shadow.isExposed ? ({ kind: "market" } as const) : shadow.wanted.entry;
    const { protection } = shadow;
    return {
      ...this.signalOf(
        shadow.wanted,
        `${shadow.name}${isNew ? " takes over" : " in another size"}: ${reason}`,
      ),
      entry,
      protection,
      replacesProtection: true,
    };
  }

  private mix(selection: Selection, shares: Float64Array): Signal | null {
    let weight = 0;
    for (let k = 0; k < shares.length; k++) weight += shares[k]! * this.candidates[k]!.weight * this.share;
    const begins = !this.isBlending && weight !== 0;
    this.isBlending = true;
    return isWorthSaying(weight, this.wantedWeight) || begins
      ? blended(this.instrument, weight, selection.reason)
      : null;
  }

  private flat(reason: string): Signal {
    return { instrument: this.instrument, weight: 0, reason, entry: { kind: "market" }, protection: {} };
  }

  private signalOf(signal: Signal, reason: string): Signal {
    return { ...signal, weight: signal.weight * this.share, instrument: this.instrument, reason };
  }
}
