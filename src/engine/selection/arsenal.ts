import type { MarketSlice } from "../../domain/slice.ts";
import type { Session } from "../session.ts";
import type { ArsenalRunner } from "./arsenal-runner.ts";
import { LoneSlice } from "./shadow.ts";

/** Takes a session through a slice. Handed in, because the step that calls the arsenal is the one it calls. */
type Step = (session: Session, slice: MarketSlice) => void;

/** Every strategy of a run that chooses among several, in its shadow, symbol by symbol. */
export class Arsenal {
  readonly runners: readonly ArsenalRunner[];
  private readonly lone = new LoneSlice();

  constructor(runners: readonly ArsenalRunner[]) {
    this.runners = runners;
  }

  /** Takes the shadows through a slice of the run, before the run itself decides on it. */
  advance(slice: MarketSlice, step: Step): void {
    for (let k = 0; k < slice.count; k++) {
      const lone = this.lone.at(slice.timeMs, slice.rows[k]!);
      for (const { shadow } of this.runners[slice.instruments[k]!]!.candidates) step(shadow.session, lone);
    }
  }

  /** Lets every runner measure the decision bars that have closed. */
  observe(closed: MarketSlice): void {
    for (let k = 0; k < closed.count; k++)
      this.runners[closed.instruments[k]!]!.observe(closed.rows[k]!, closed.timeMs);
  }
}
