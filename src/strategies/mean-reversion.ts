import { bool, float, int } from "../domain/params.ts";
import { atr } from "../indicators/atr.ts";
import { bollinger } from "../indicators/bollinger.ts";
import { rsi } from "../indicators/rsi.ts";
import { strategy } from "../ports/strategy.ts";
import { stopBehind } from "./stop-behind.ts";

/**
 * What has fallen too far comes back: a close below the lower Bollinger band while the RSI is oversold is bought and
 * given back at the middle band. After a stop it waits until the price has been back, so a fall is not bought twice.
 */
export const meanReversion = strategy({
  name: "mean-reversion",
  summary: "Buys below the lower Bollinger band when the RSI is oversold and sells at the middle band.",
  params: {
    bandLength: int(20, { min: 2, max: 100 }, "bars of the Bollinger bands"),
    bandWidth: float(2, { min: 0.5, max: 4, step: 0.25 }, "distance of the bands in standard deviations"),
    rsiLength: int(14, { min: 1, max: 50 }, "bars of the RSI"),
    oversold: float(
      30,
      { min: 1, max: 49, step: 1 },
      "RSI below which a low price is bought; 100 less it for shorts",
    ),
    exitRsi: float(
      60,
      { min: 50, max: 90, step: 5 },
      "RSI above which the position is closed; 100 less it for shorts",
    ),
    atrLength: int(14, { min: 1, max: 50 }, "bars of the average true range"),
    stopAtr: float(
      3,
      { min: 0, max: 10, step: 0.5 },
      "distance of the stop in average true ranges; 0 = no stop",
    ),
    short: bool(false, "also sell short above the upper band"),
  },
  setup: ({ bars, p }) => {
    const { upper, middle, lower } = bollinger(bars.close, p.bandLength, p.bandWidth);
    return {
      close: bars.close,
      upper,
      middle,
      lower,
      rsi: rsi(bars.close, p.rsiLength),
      atr: atr(bars, p.atrLength),
    };
  },
  memory: () => ({ side: 0 }),
  onBar({ series, p, memory, target }) {
    const { close, upper, middle, lower, rsi, atr } = series;
    const distance = p.stopAtr * atr.now;
    const isLongOver = memory.side === 1 && (close.now >= middle.now || rsi.now > p.exitRsi);
    const isShortOver = memory.side === -1 && (close.now <= middle.now || rsi.now < 100 - p.exitRsi);
    if (isLongOver || isShortOver) memory.side = 0;
    if (memory.side !== 1 && close.now < lower.now && rsi.now < p.oversold) {
      memory.side = 1;
      target(1, { reason: "oversold below the lower band", ...stopBehind(1, close.now, distance) });
    } else if (p.short && memory.side !== -1 && close.now > upper.now && rsi.now > 100 - p.oversold) {
      memory.side = -1;
      target(-1, { reason: "overbought above the upper band", ...stopBehind(-1, close.now, distance) });
    } else if (isLongOver) {
      target(0, close.now >= middle.now ? "back at the middle band" : "RSI has recovered");
    } else if (isShortOver) {
      target(0, close.now <= middle.now ? "back at the middle band" : "RSI has come down");
    }
  },
});
