import type { InstrumentIndex } from "../domain/instrument.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Followers, Session, StrategyChange } from "../engine/session.ts";
import type { ArsenalRunner } from "./arsenal-runner.ts";

const noChanges: readonly StrategyChange[] = [];

/** Every strategy of a run that chooses among several, in its shadow, symbol by symbol. */
export class Arsenal implements Followers {
  readonly runners: readonly ArsenalRunner[];
  private readonly sessions: readonly (readonly Session[])[];

  constructor(runners: readonly ArsenalRunner[]) {
    this.runners = runners;
    this.sessions = runners.map(({ candidates }) => candidates.map(({ shadow }) => shadow.session));
  }

  sessionsOf(instrument: InstrumentIndex): readonly Session[] {
    return this.sessions[instrument]!;
  }

  observe(closed: MarketSlice): void {
    for (let k = 0; k < closed.count; k++)
      this.runners[closed.instruments[k]!]!.observe(closed.rows[k]!, closed.timeMs);
  }

  changesAt(timeMs: number): readonly StrategyChange[] {
    let changes: StrategyChange[] | null = null;
    for (const { instrument, log } of this.runners) {
      const change = log.switchedNow;
      if (change?.timeMs === timeMs) (changes ??= []).push({ instrument, ...change });
    }
    return changes ?? noChanges;
  }
}

/** The arsenal that a session chooses from; null where one strategy trades alone. */
export function arsenalOf({ followers }: Session): Arsenal | null {
  return followers instanceof Arsenal ? followers : null;
}
