import { dayMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Market } from "../../ports/market.ts";
import type { VenueOrderRequest } from "../../ports/broker-connection.ts";

/** Bars further from the clock than this are played back: the hours of the day are not theirs. */
const playedBackMs = 7 * dayMs;

/**
 * When an order that wants to fill at once may go, by the calendar of its instrument: UTC milliseconds, or null where it may
 * go now. What rests at the venue goes at any time, stops above all.
 */
export function waitsUntilMs(
  { instruments, bars }: Market,
  instrument: InstrumentIndex,
  { terms, timeInForce }: VenueOrderRequest,
  nowMs: number,
): number | null {
  const isAtOnce = terms.type === "market" || timeInForce === "ioc" || timeInForce === "fok";
  const { closeTimeMs, length } = bars[instrument]!;
  if (!isAtOnce || length === 0 || Math.abs(nowMs - closeTimeMs[length - 1]!) > playedBackMs) return null;
  const opensMs = calendarNamed(instruments[instrument]!.calendarName).opensAt(nowMs);
  return opensMs > nowMs ? opensMs : null;
}
