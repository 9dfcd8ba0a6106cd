import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { Session } from "../../engine/session.ts";
import { live } from "../../engine/step.ts";
import { symbolsOf, viewOf, type EngineView, type SymbolView } from "./engine-view.ts";
import { RecentLines } from "./recent-lines.ts";

/** An engine in the thread of its robot. */
export class EngineHere {
  readonly session: Session;
  readonly state = "up";
  private readonly lines: RecentLines;

  constructor(session: Session) {
    this.session = session;
    this.lines = new RecentLines(session);
  }

  get view(): EngineView {
    return viewOf(this.session, this.lines);
  }

  /** The instruments of the view alone, for who looks at them all the time. */
  get symbols(): readonly SymbolView[] {
    return symbolsOf(this.session);
  }

  get isSettled(): boolean {
    return this.session.targets.isSettled;
  }

  /** What is wanted of an instrument beyond what is held, signed. */
  missing(instrument: InstrumentIndex): number {
    const { targets, portfolio } = this.session;
    return (targets.of(instrument)?.quantity ?? 0) - portfolio.ledger.quantity[instrument]!;
  }

  /** Lives through a slice and what the venue answers at once; nothing is waited for. */
  live(slice: MarketSlice): null {
    live(this.session, slice);
    return null;
  }

  settle(): null {
    return null;
  }

  /** It asks for the state of trading itself. */
  hearTrading(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
