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

/** The last decisions and fills of a session, newest last. */
export function recentLines({ recorder, pipeline }: Session): {
  readonly decisions: readonly DecisionLine[];
  readonly fills: readonly FillLine[];
} {
  const { events } = recorder.log;
  const decisions: DecisionLine[] = [];
  const fills: FillLine[] = [];
  const wanted: ReadonlySet<EventKind> = new Set(["signal", "refused", "trimmed"]);
  for (let row = events.length - 1; row >= 0; row--) {
    if (decisions.length >= linesKept && fills.length >= linesKept) break;
    const { kind, timeMs, instrument, first, second, third, text } = events.at(row);
    const symbol = pipeline.instruments[instrument]?.symbol ?? "";
    if (kind === "fill" && fills.length < linesKept)
      fills.push({ timeMs, symbol, quantity: first, price: second });
    else if (wanted.has(kind) && decisions.length < linesKept) {
      const what = kind === "signal" ? "wants" : kind;
      decisions.push({ timeMs, symbol, what, quantity: third, reason: text });
    }
  }
  return { decisions: decisions.toReversed(), fills: fills.toReversed() };
}
