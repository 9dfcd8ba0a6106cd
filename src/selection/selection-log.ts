import { regimeLabels } from "../domain/regime.ts";
import type { Candidate, Selection } from "../ports/selector.ts";
import type { RegimeWindow } from "./regime-window.ts";

/** A change of strategy, as it was decided. */
export type StrategySwitch = {
  readonly timeMs: number;
  /** Index of the strategy, or -1 for none. */
  readonly from: number;
  readonly to: number;
  readonly runnerUp: number;
  readonly score: number;
  readonly reason: string;
};

/** Which regime was in force and which strategy traded, decision bar by decision bar, in typed columns. */
export class SelectionLog {
  readonly names: readonly string[];
  length = 0;
  timeMs = new Float64Array(1024);
  /** Index of the strategy from the next bar on; -1 for none. */
  strategy = new Int8Array(1024);
  /** Index into `regimeLabels`. */
  label = new Uint8Array(1024);
  /** Row-major, one probability per label. */
  posterior = new Float32Array(1024 * regimeLabels.length);
  /** Bars that the regime in force was expected to last in all; NaN where the detector has no estimate. */
  expectedDwellBars = new Float64Array(1024);
  /** What all that were ready would have held together in equal shares, and how many they were. */
  sharedWeight = new Float64Array(1024);
  sharers = new Uint8Array(1024);
  readonly switches: StrategySwitch[] = [];
  /** Whether the last bar changed the strategy. */
  switchedNow: StrategySwitch | null = null;

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** Ends a decision bar. */
  record(timeMs: number, selection: Selection, regime: RegimeWindow, candidates: readonly Candidate[]): void {
    const row = this.length;
    if (row === this.timeMs.length) this.grow();
    const before = row === 0 ? -1 : this.strategy[row - 1]!;
    this.timeMs[row] = timeMs;
    this.strategy[row] = selection.strategy;
    this.label[row] = regime.label;
    this.posterior.set(regime.probabilities, row * regimeLabels.length);
    this.expectedDwellBars[row] = regime.view.expectedDwellBars;
    const count = candidates.reduce((sum, { isReady }) => sum + Number(isReady), 0);
    this.sharers[row] = count;
    this.sharedWeight[row] = candidates.reduce(
      (sum, { isReady, weight }) => (isReady ? sum + (1 / count) * weight : sum),
      0,
    );
    this.length = row + 1;
    this.switchedNow = selection.strategy === before ? null : switchOf(timeMs, before, selection);
    if (this.switchedNow !== null) this.switches.push(this.switchedNow);
  }

  private grow(): void {
    const capacity = this.timeMs.length * 2;
    const larger = <T extends Float64Array | Int8Array | Uint8Array | Float32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.timeMs = larger(new Float64Array(capacity), this.timeMs);
    this.strategy = larger(new Int8Array(capacity), this.strategy);
    this.expectedDwellBars = larger(new Float64Array(capacity), this.expectedDwellBars);
    this.sharedWeight = larger(new Float64Array(capacity), this.sharedWeight);
    this.sharers = larger(new Uint8Array(capacity), this.sharers);
    this.label = larger(new Uint8Array(capacity), this.label);
    this.posterior = larger(new Float32Array(capacity * regimeLabels.length), this.posterior);
  }
}

function switchOf(timeMs: number, from: number, selection: Selection): StrategySwitch {
  const { strategy: to, runnerUp, scores, reason } = selection;
  return { timeMs, from, to, runnerUp, score: to < 0 ? Number.NaN : scores[to]!, reason };
}
