import { float, int } from "../domain/params.ts";
import { dayMs } from "../base/time.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { Bars } from "../domain/bars.ts";
import type { Next } from "../domain/indicator.ts";
import { realizedVolatilityIndicator } from "../indicators/realized-volatility.ts";
import { definePlugin } from "../ports/plugin.ts";

const unknownVolatility = "volatility-target: the volatility is not known yet";
/** A whole leap cycle, so that no year's holidays weigh too much. */
const calendarYears = 4;

/**
 * Small positions in wild markets, large ones in calm markets. The position is sized when a signal is given and not
 * touched when the volatility changes later. A signal before the first estimate gets nothing, and `refusals` counts it.
 */
export const volatilityTarget = definePlugin({
  kind: "sizer",
  name: "volatility-target",
  summary: "Holds as much of a symbol as gives a target volatility, split evenly over the symbols.",
  options: {
    target: float(0.15, { min: 0.01, max: 1 }, "wanted volatility per year: 0.15 = 15 %"),
    length: int(20, { min: 2, max: 400 }, "returns that the volatility is estimated from"),
    leverageMax: float(
      1,
      { min: 0, max: 10 },
      "largest position of all symbols together, in multiples of equity",
    ),
    symbols: int(
      0,
      { min: 0, max: 1000 },
      "symbols held at once, over which both are split; 0 = all of the run",
    ),
  },
  create({ target, length, leverageMax, symbols }, { market, calendars }) {
    const parts = symbols > 0 ? symbols : market.instruments.length;
    const refusals = new Map<string, number>();
    const trackers = market.bars.map((bars, index) => new VolatilityTracker(bars, calendars[index]!, length));
    return {
      refusals,
      observe({ count, instruments, rows }) {
        for (let k = 0; k < count; k++) trackers[instruments[k]!]!.add(rows[k]!);
      },
      weigh({ weight, instrument }) {
        const volatility = trackers[instrument]!.perYear;
        if (Number.isNaN(volatility)) {
          refusals.set(unknownVolatility, (refusals.get(unknownVolatility) ?? 0) + 1);
          return 0;
        }
        return (weight * Math.min(leverageMax, target / volatility)) / parts;
      },
    };
  },
});

/** The volatility of one symbol's closes per year, bar by bar. */
class VolatilityTracker {
  perYear = Number.NaN;
  private readonly bars: Bars;
  private readonly calendar: Calendar;
  private readonly next: Next;
  private scale = Number.NaN;

  constructor(bars: Bars, calendar: Calendar, length: number) {
    this.bars = bars;
    this.calendar = calendar;
    this.next = realizedVolatilityIndicator.create({ length, periodsPerYear: 1 }, new Float64Array(1));
  }

  add(row: number): void {
    const close = this.bars.close[row]!;
    if (Number.isNaN(close)) return;
    if (Number.isNaN(this.scale)) {
      this.scale = Math.sqrt(barsPerYear(this.bars, this.calendar, this.bars.closeTimeMs[row]!));
    }
    this.perYear = this.next(close, 0, 0, 0, 0) * this.scale;
  }
}

/** How many bars of this timeframe the calendar has in a year. */
function barsPerYear(bars: Bars, calendar: Calendar, fromMs: number): number {
  const toMs = fromMs + calendarYears * 365.25 * dayMs;
  return (calendar.missingBars(fromMs, toMs, bars.timeframe) + 1) / calendarYears;
}
