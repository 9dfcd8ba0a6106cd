import { unprotected, type Protection, type Signal } from "../domain/target.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Runner } from "../engine/runner.ts";
import type { Session } from "../engine/session.ts";

const first = 0 as InstrumentIndex;

/**
 * A strategy that trades one symbol on paper beside the run: a whole session of its own, with its own account, venue
 * and costs, taken through the very same step. Nothing it does touches the account of the run.
 */
export class Shadow {
  readonly name: string;
  readonly session: Session;
  readonly runner: Runner;
  /** What it spoke for at the last decision bar; null when it said nothing. */
  spoken: Signal | null = null;
  /** The last thing it wanted. */
  wanted: Signal | null = null;
  /** The levels that protect what it wants: a signal that names none keeps those of the one before. */
  protection: Protection = unprotected;
  /** What it holds or waits for: 1 fully long, 0 flat, -1 fully short. */
  weight = 0;

  constructor(name: string, session: Session) {
    this.name = name;
    this.session = session;
    this.runner = session.pipeline.runners[0]!;
  }

  get equity(): number {
    return this.session.portfolio.equity;
  }

  get isExposed(): boolean {
    return this.session.portfolio.ledger.held.length > 0;
  }

  get tradedNotional(): number {
    return this.session.portfolio.ledger.tradedNotional;
  }

  /** Whether its strategy may be asked on this row of the decision bars. */
  isWarm(row: number): boolean {
    return row >= this.runner.firstDecisionRow();
  }

  /** Called when a decision bar has closed and the session has stepped through it. */
  settle(): void {
    const { decision } = this.session.pipeline;
    this.spoken = decision.targets.length > 0 ? this.runner.signal : null;
    if (this.spoken !== null) this.hear(this.spoken);
    const isOut = !this.isExposed && this.session.orders.open(first).length === 0;
    // A stop or a target has closed its position, or the venue refused the order: what it wanted is over.
    this.weight = isOut ? 0 : (this.wanted?.weight ?? 0);
  }

  private hear(signal: Signal): void {
    const goesOn = this.weight !== 0 && Math.sign(signal.weight) === Math.sign(this.weight);
    if (!goesOn || Object.keys(signal.protection).length > 0) this.protection = signal.protection;
    this.wanted = signal;
  }
}
