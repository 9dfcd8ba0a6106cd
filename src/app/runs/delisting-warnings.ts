import { dayMs, formatTime } from "../../base/time.ts";
import { countOf } from "../../data/validation/finding-list.ts";
import type { BacktestResult } from "./run-backtest.ts";

type Ended = Pick<BacktestResult, "session" | "ground" | "setup">;

/** Warnings beyond this many are counted and not shown one by one. */
const shownMax = 6;

/** What became of holdings whose bars ended before the run did. */
export function delistingWarnings(result: Ended): readonly string[] {
  const lines = [...closed(result), ...stillOpen(result)];
  const more = lines.length - shownMax;
  if (more <= 0) return lines;
  return [...lines.slice(0, shownMax), `${more} more symbols stopped trading while they were held`];
}

function closed({ session, ground, setup }: Ended): readonly string[] {
  const { goneAfterSessions, delistingReturn } = setup.config.execution;
  const change = delistingReturn === 0 ? "" : ` changed by ${plain(delistingReturn * 100)} %`;
  const { delistings } = session.pipeline.listings ?? { delistings: [] };
  return delistings.map(({ instrument, lastBarMs, noticedMs, lastPrice, isAnnounced }) => {
    const { symbol } = ground.instruments[instrument]!;
    const [ended, noticed] = [lastBarMs, noticedMs].map((timeMs) => dateIn(ground, instrument, timeMs));
    const seen = isAnnounced
      ? `as announced, it had ceased to trade by ${noticed}`
      : `after ${countOf(goneAfterSessions, "session")} without a bar it was taken for delisted on ${noticed}`;
    return `${symbol}: its data ended on ${ended} with a position open; ${seen} and closed at its last close, ${plain(lastPrice)}${change}, less costs`;
  });
}

/** Holdings without a bar at the end that were not missing for long enough to be taken for delisted. */
function stillOpen({ session, ground }: Ended): readonly string[] {
  const { listings } = session.pipeline;
  const { log } = session.recorder;
  const endMs = log.timeMs[log.length - 1]!;
  if (listings === null) return [];
  return session.portfolio.ledger.held.flatMap((index) => {
    const { closeTimeMs, length, symbol } = ground.bars[index]!;
    const calendar = ground.calendars[index]!;
    const lastMs = closeTimeMs[length - 1]!;
    if (listings.isGone(index) || calendar.sessionOf(lastMs) >= calendar.sessionOf(endMs)) return [];
    return [
      `${symbol}: its data ended on ${dateIn(ground, index, lastMs)} with a position open, which is valued at that close until the end of the run`,
    ];
  });
}

/** The date of the session that a close belongs to. */
function dateIn({ calendars }: Ended["ground"], index: number, timeMs: number): string {
  return formatTime(calendars[index]!.sessionOf(timeMs) * dayMs);
}

function plain(value: number): string {
  return String(Number(value.toPrecision(8)));
}
