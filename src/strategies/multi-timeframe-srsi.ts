import { bool, choice, float, int } from "../domain/params.ts";
import type { Expr } from "../domain/expression.ts";
import { timeframeMs } from "../domain/timeframe.ts";
import { atr } from "../indicators/atr.ts";
import { stochasticRsi } from "../indicators/stochastic-rsi.ts";
import { crossOver, crossUnder, strategy } from "../ports/strategy.ts";
import { stopBehind } from "./stop-behind.ts";

/**
 * The Stochastic RSI (Chande & Kroll, The New Technical Trader, 1994) turns up from below on the own bars while it
 * already rises on one or two higher timeframes. Of those only bars that have closed are seen.
 */
export const multiTimeframeSrsi = strategy({
  name: "multi-timeframe-srsi",
  summary: "Buys when the Stochastic RSI turns up from oversold and higher timeframes agree.",
  params: {
    rsiLength: int(14, { min: 1, max: 50 }, "bars of the RSI, on every timeframe"),
    stochLength: int(14, { min: 2, max: 50 }, "bars of the RSI's range"),
    smoothK: int(3, { min: 1, max: 10 }, "smoothing of the line k"),
    smoothD: int(3, { min: 2, max: 10 }, "smoothing of the slower line d"),
    oversold: float(
      20,
      { min: 5, max: 45, step: 5 },
      "k turns up from below this; 100 less it for turns down",
    ),
    confirm: choice(["4h", "5m", "15m", "1h", "1d", "1w", "1M"], "higher timeframe that must agree"),
    confirmAlso: choice(
      ["none", "1h", "4h", "1d", "1w", "1M"],
      "a still higher timeframe that must agree too",
    ),
    atrLength: int(14, { min: 1, max: 50 }, "bars of the average true range"),
    stopAtr: float(
      3,
      { min: 0, max: 10, step: 0.5 },
      "distance of the stop in average true ranges; 0 = no stop",
    ),
    short: bool(false, "also sell short when everything turns down"),
  },
  where: ({ confirm, confirmAlso }) =>
    confirmAlso === "none" || timeframeMs(confirmAlso) > timeframeMs(confirm),
  setup: ({ bars, tf, p }) => {
    const lines = (close: Expr) => stochasticRsi(close, p.rsiLength, p.stochLength, p.smoothK, p.smoothD);
    const own = lines(bars.close);
    const higher = lines(tf(p.confirm).close);
    const highest = p.confirmAlso === "none" ? higher : lines(tf(p.confirmAlso).close);
    return {
      close: bars.close,
      atr: atr(bars, p.atrLength),
      k: own.k,
      d: own.d,
      higherK: higher.k,
      higherD: higher.d,
      highestK: highest.k,
      highestD: highest.d,
    };
  },
  memory: () => ({ side: 0 }),
  onBar({ series, p, memory, target }) {
    const { close, atr, k, d, higherK, higherD, highestK, highestD } = series;
    const turnsUp = crossOver(k, d) && k.prev < p.oversold;
    const turnsDown = crossUnder(k, d) && k.prev > 100 - p.oversold;
    const isUp = higherK.now > higherD.now && highestK.now > highestD.now;
    const isDown = higherK.now < higherD.now && highestK.now < highestD.now;
    const distance = p.stopAtr * atr.now;
    if (memory.side !== 1 && turnsUp && isUp) {
      memory.side = 1;
      target(1, {
        reason: "turns up, and the higher timeframe agrees",
        ...stopBehind(1, close.now, distance),
      });
    } else if (p.short && memory.side !== -1 && turnsDown && isDown) {
      memory.side = -1;
      target(-1, {
        reason: "turns down, and the higher timeframe agrees",
        ...stopBehind(-1, close.now, distance),
      });
    } else if (memory.side === 1 && (turnsDown || isDown)) {
      memory.side = 0;
      target(
        0,
        turnsDown ? "Stochastic RSI turns down from overbought" : "the higher timeframe has turned down",
      );
    } else if (memory.side === -1 && (turnsUp || isUp)) {
      memory.side = 0;
      target(0, turnsUp ? "Stochastic RSI turns up from oversold" : "the higher timeframe has turned up");
    }
  },
});
