import type { SliceBatch } from "../domain/slice.ts";
import { everyBar } from "./resampler.ts";
import type { Session } from "./session.ts";

/** Whether a session has nothing that must see every slice whole: breakers, followers of volatility, higher bars. */
export function maySkip(session: Session): boolean {
  const { pipeline, risk, resampler } = session;
  return (
    pipeline.runners.length === 1 &&
    session.followers === null &&
    pipeline.together === null &&
    resampler === everyBar &&
    !risk.isWatching &&
    pipeline.sizer.observe === undefined
  );
}

/**
 * Takes the bars on which a step would do no more than mark the account, ask the strategy and hear nothing. It
 * stops before the bar on which the strategy speaks; the full step then takes that bar, with the answer already
 * given. `skip-quiet.test.ts` shows that a run is the same with and without.
 */
export function skipQuiet(session: Session, batch: SliceBatch): void {
  const { portfolio, broker, pipeline, recorder, tradeFromMs, firstEndMs } = session;
  if (!broker.isIdle || !session.targets.isSettled) return;
  const from = batch.nextRow;
  const bars = pipeline.bars[0]!;
  // Times grow, so the ends of the stretch answer for all of it.
  if (bars.closeTimeMs[from]! < tradeFromMs || bars.closeTimeMs[batch.endRow - 1]! >= firstEndMs) return;
  const runner = pipeline.runners[0]!;
  const warmRow = Math.min(batch.endRow, runner.firstDecisionRow());
  const isWarmingUp = from < warmRow;
  const to = isWarmingUp ? warmRow : runner.silentUntil(from, batch.endRow, portfolio.ledger.lastPrice);
  recorder.recordQuiet(bars, from, to, portfolio, isWarmingUp);
  batch.skipTo(to);
}
