import type { Session } from "../../engine/session.ts";
import type { EventKind } from "../../engine/decision-log/event-table.ts";

/** A decision as it was taken, with its reason and what became of it. */
export type DecisionLine = {
  readonly timeMs: number;
  readonly symbol: string;
  /** `wants`, or what a rule made of it: `refused`, `trimmed`. */
  readonly what: string;
  readonly quantity: number;
  readonly reason: string;
};

/** One execution; the quantity is signed. */
export type FillLine = {
  readonly timeMs: number;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
};

const linesKept = 30;
const decisionKinds: ReadonlySet<EventKind> = new Set(["signal", "refused", "trimmed"]);

/** The last decisions and fills of a session, read off its log as that grows. */
export class RecentLines {
  private readonly session: Session;
  private decisions: readonly DecisionLine[] = [];
  private fills: readonly FillLine[] = [];
  private row = 0;

  constructor(session: Session) {
    this.session = session;
  }

  /** As they are now, newest last. */
  read(): { readonly decisions: readonly DecisionLine[]; readonly fills: readonly FillLine[] } {
    const { recorder, pipeline } = this.session;
    const { events } = recorder.log;
    for (; this.row < events.length; this.row++) {
      const { kind, timeMs, instrument, first, second, third, text } = events.at(this.row);
      const symbol = pipeline.instruments[instrument]?.symbol ?? "";
      if (kind === "fill")
        this.fills = newest(this.fills, { timeMs, symbol, quantity: first, price: second });
      else if (decisionKinds.has(kind)) {
        const what = kind === "signal" ? "wants" : kind;
        this.decisions = newest(this.decisions, { timeMs, symbol, what, quantity: third, reason: text });
      }
    }
    return { decisions: this.decisions, fills: this.fills };
  }
}

/** A new list each time: who was given the one before keeps it. */
function newest<Line>(lines: readonly Line[], line: Line): readonly Line[] {
  return [...lines.slice(1 - linesKept), line];
}
