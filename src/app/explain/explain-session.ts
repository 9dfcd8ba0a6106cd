import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { EventKind } from "../../engine/decision-log/event-table.ts";
import type { Session } from "../../engine/session.ts";
import type { StrategyWatch } from "../plugins/watched-strategy.ts";
import { replayStored } from "../trading/replay-stored.ts";
import { findSession } from "../trading/session-folder.ts";
import { explainRun, type Question } from "./explain-run.ts";
import type { Explanation } from "./explanation.ts";

/** Something that a session did or was told, as its journal has it; `price` and `quantity` where there are such. */
export type SessionEvent = {
  readonly timeMs: number;
  readonly kind: EventKind;
  readonly quantity: number | null;
  readonly price: number | null;
  readonly text: string;
};

/** What a session decided on a bar: by its strategy on the bars that it saw, and what really came of it. */
export type SessionExplanation = {
  readonly session: string;
  readonly explanation: Explanation;
  /** What the session itself held when its strategy was asked, signed, by its journal; `null` where a split came since. */
  readonly held: number | null;
  /** From the close of the bar to the next, oldest first. */
  readonly happened: readonly SessionEvent[];
};

const tooLate = "no order: the session got this bar when it was over, and only warmed up on it";

/**
 * Explains one bar of a session that was kept or runs. The strategy is asked on the bars of the journal, with simulated fills as the
 * backtest beside the session has; what the session itself did is read off its journal. Throws `SESSION_UNKNOWN`,
 * `SESSION_DAMAGED`, `JOURNAL_BROKEN`, and what `explainRun` throws.
 */
export async function explainSession(
  home: string,
  id: string,
  question: Question,
  watch?: StrategyWatch,
): Promise<SessionExplanation> {
  const { session, setup, staleTimes } = await replayStored(home, findSession(home, id), watch);
  const asked = explainRun(setup, question, watch);
  const explanation = staleTimes.has(asked.decidedMs) ? { ...asked, verdict: tooLate } : asked;
  return {
    session: id,
    explanation,
    held: heldOn(session, explanation),
    happened: happenedIn(session, explanation),
  };
}

/** What is held in the end, less what was filled since: a session may have begun with a holding. */
function heldOn(
  { recorder, pipeline, portfolio }: Session,
  { symbol, decidedMs }: Explanation,
): number | null {
  const instrument = pipeline.instruments.findIndex((one) => one.symbol === symbol);
  const { events } = recorder.log;
  let held = portfolio.position(instrument as InstrumentIndex).quantity;
  const total = Math.abs(held);
  let filled = 0;
  for (let at = 0; at < events.length; at++) {
    const { timeMs, kind, instrument: of, first, text } = events.at(at);
    if (of !== instrument || timeMs <= decidedMs) continue;
    if (kind === "charged" && text === "split") return null;
    if (kind !== "fill") continue;
    held -= first;
    filled += Math.abs(first);
  }
  // Sums of fractions leave crumbs.
  return Math.abs(held) <= 1e-12 * (total + filled) ? 0 : held;
}

function happenedIn(
  { recorder, pipeline }: Session,
  { symbol, closeTimeMs }: Explanation,
): readonly SessionEvent[] {
  const instrument = pipeline.instruments.findIndex((one) => one.symbol === symbol);
  const table = pipeline.bars[instrument]!;
  const row = table.closeTimeMs.indexOf(closeTimeMs);
  const untilMs = row + 1 < table.length ? table.closeTimeMs[row + 1]! : Infinity;
  const { events } = recorder.log;
  const happened: SessionEvent[] = [];
  for (let at = 0; at < events.length; at++) {
    const { timeMs, kind, instrument: of, first, second, third, text } = events.at(at);
    if (of !== instrument || timeMs < closeTimeMs || timeMs >= untilMs) continue;
    const hasQuantity = kind === "order" || kind === "fill";
    const quantity = hasQuantity
      ? first
      : kind === "signal" || kind === "refused" || kind === "trimmed"
        ? third
        : null;
    const price = hasQuantity && Number.isFinite(second) ? second : null;
    happened.push({ timeMs, kind, quantity, price, text });
  }
  return happened;
}
