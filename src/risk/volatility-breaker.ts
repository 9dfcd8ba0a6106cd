import { choice, float, int } from "../domain/params.ts";
import { barValue, type Bars } from "../domain/bars.ts";
import type { Next } from "../domain/indicator.ts";
import { natrIndicator } from "../indicators/natr.ts";
import { smaIndicator } from "../indicators/sma.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve, clear, type RiskAlarm } from "../ports/risk.ts";

/** In the place of an input that an indicator does not have. */
const none = Number.NaN;

const reason = "the volatility is far above its usual level";

/**
 * Nothing new is opened while a market is in uproar: while its average true range, in percent of the price, stands
 * above a multiple of its own long average. Until that average is known the breaker cannot judge and stays closed.
 */
export const volatilityBreaker = definePlugin({
  kind: "risk",
  name: "volatility-breaker",
  summary: "Opens nothing in a symbol, or anywhere, while its volatility is a multiple of its long average.",
  options: {
    multiple: float(
      3,
      { min: 0, max: 10 },
      "average true range over its long average that trips the breaker",
    ),
    atrLength: int(14, { min: 1, max: 100 }, "bars of the average true range"),
    averageLength: int(100, { min: 2, max: 400 }, "bars of its long average"),
    scope: choice(["symbol", "all"], "what is paused: the wild symbol alone, or everything"),
  },
  create({ multiple, atrLength, averageLength, scope }, { market }) {
    const gauges = market.bars.map((bars) => new VolatilityGauge(bars, atrLength, averageLength));
    return {
      observe({ count, instruments, rows }) {
        for (let k = 0; k < count; k++) gauges[instruments[k]!]!.add(rows[k]!);
        if (scope === "symbol") return clear;
        let alarm: RiskAlarm = clear;
        for (const { ratio: value } of gauges) {
          if (value > multiple && (alarm.kind === "clear" || value > alarm.value))
            alarm = { kind: "pause", reason, limit: multiple, value };
        }
        return alarm;
      },
      check(_order, { instrument }) {
        const value = gauges[instrument.index]!.ratio;
        return value > multiple ? { kind: "refuse", reason, limit: multiple, value } : approve;
      },
    };
  },
});

/** Present average true range of one symbol over its long average; NaN until that is known. */
class VolatilityGauge {
  ratio = Number.NaN;
  private readonly bars: Bars;
  private readonly range: Next;
  private readonly average: Next;

  constructor(bars: Bars, atrLength: number, averageLength: number) {
    this.bars = bars;
    this.range = natrIndicator.create({ length: atrLength }, new Float64Array(1));
    this.average = smaIndicator.create({ length: averageLength }, new Float64Array(1));
  }

  add(row: number): void {
    const { bars } = this;
    const high = barValue(bars, "high", row);
    const low = barValue(bars, "low", row);
    const close = barValue(bars, "close", row);
    if (Number.isNaN(high + low + close)) return;
    const range = this.range(high, low, close, none, none);
    if (!Number.isNaN(range)) this.ratio = range / this.average(range, none, none, none, none);
  }
}
