import { clamp } from "../base/numbers.ts";
import { empty } from "../base/empty.ts";
import type { SliceBatch } from "../domain/slice.ts";
import { everyBar } from "./resampler.ts";
import type { Opinion } from "./runner.ts";
import type { Session } from "./session.ts";

/** Whether a session has nothing that must see every slice whole: breakers, followers of volatility, many symbols. */
export function maySkip(session: Session): boolean {
  const { pipeline, risk } = session;
  return (
    session.skipQuiet &&
    pipeline.runners.length === 1 &&
    session.followers === null &&
    pipeline.together === null &&
    !risk.isWatching &&
    pipeline.sizer.observe === undefined
  );
}

/** Bars that are looked over at once: looking for the end of the quiet must not cost more than there is of it. */
const stretchRows = 64;

/**
 * Takes the bars on which a step would do no more than mark the account, ask the strategy and hear nothing: no order
 * is in reach of its price. It stops before the bar on which the strategy speaks or the venue may; the full step then
 * takes that bar, with the answer of the strategy already given. `conservation.test.ts` shows that a run is the same
 * with and without.
 */
export function skipQuiet(session: Session, batch: SliceBatch): void {
  const to = passQuiet(session, batch.nextRow, batch.endRow);
  if (to > batch.nextRow) batch.skipTo(to);
}

/**
 * The same for rows `from` to `endRow - 1` of the only instrument, the row before them seen: returns the first that is
 * left for a whole step.
 */
export function passQuiet(session: Session, from: number, endRow: number): number {
  const { portfolio, broker, pipeline, recorder, tradeFromMs, firstEndMs } = session;
  if (!session.targets.isSettled) return from;
  if (session.resampler !== everyBar) return passHigher(session, from, endRow);
  const bars = pipeline.bars[0]!;
  // Times grow, so the ends of the stretch answer for all of it.
  if (bars.closeTimeMs[from]! < tradeFromMs || bars.closeTimeMs[endRow - 1]! >= firstEndMs) return from;
  const runner = pipeline.runners[0]!;
  const warmRow = runner.firstDecisionRow();
  const isWarmingUp = from < warmRow;
  const end = isWarmingUp ? Math.min(endRow, warmRow) : endRow;
  // While the strategy warms up or sleeps only the venue is asked.
  const wakeRow = isWarmingUp ? end : clamp(pipeline.nextRows[0]!, from, end);
  let to = broker.quietUntil(from, wakeRow);
  for (let isQuiet = to === wakeRow; isQuiet && to < end;) {
    const stretchEnd = Math.min(end, to + stretchRows);
    to = runner.silentUntil(to, broker.quietUntil(to, stretchEnd), portfolio.ledger);
    isQuiet = to === stretchEnd;
  }
  if (to === from) return from;
  recorder.recordQuiet(bars, from, to, portfolio, isWarmingUp ? "warming up" : "silent");
  // Nobody has spoken on the last of them.
  empty(pipeline.decision.targets);
  return to;
}

/** The same where higher bars are decided on: while one grows only the venue is asked, and then its strategy. */
function passHigher(session: Session, from: number, endRow: number): number {
  let to = from;
  for (let isQuiet = true; isQuiet && to < endRow;) {
    const stretchEnd = Math.min(endRow, to + stretchRows);
    to = passHigherStretch(session, to, stretchEnd);
    isQuiet = to === stretchEnd;
  }
  return to;
}

function passHigherStretch(session: Session, from: number, endRow: number): number {
  const { portfolio, broker, recorder, resampler, firstEndMs } = session;
  const bars = portfolio.bars[0]!;
  if (bars.closeTimeMs[endRow - 1]! >= firstEndMs) return from;
  const quietEnd = broker.quietUntil(from, endRow);
  let recorded = from;
  for (let row = from; row < quietEnd; row++) {
    const completed = resampler.completedBy(row);
    if (completed < 0) continue;
    recorder.recordQuiet(bars, recorded, row, portfolio, null);
    recorded = row;
    const opinion = askAt(session, completed, row);
    if (opinion === "signal") return row;
    recorder.recordQuiet(bars, row, row + 1, portfolio, opinion);
    recorded = row + 1;
    resampler.pass(completed);
    empty(session.pipeline.decision.targets);
  }
  recorder.recordQuiet(bars, recorded, quietEnd, portfolio, null);
  return quietEnd;
}

/** What is said on the decision bar that base bar `row` completes. A signal is kept for the whole step of that bar. */
function askAt({ pipeline, portfolio, tradeFromMs }: Session, completed: number, row: number): Opinion {
  const { closeTimeMs, close } = portfolio.bars[0]!;
  const { nextRows, seenBars } = pipeline;
  const runner = pipeline.runners[0]!;
  seenBars[0]!.length = completed + 1;
  if (closeTimeMs[row]! < tradeFromMs) return "warming up";
  if (completed < nextRows[0]!) return "silent";
  portfolio.ledger.markAt(0, close[row]!);
  const opinion = runner.decide(completed, closeTimeMs[row]!);
  if (opinion !== "signal") nextRows[0] = runner.nextRow(completed + 1);
  return opinion;
}
