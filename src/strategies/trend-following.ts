import { bool, choice, float, int } from "../domain/params.ts";
import { unprotected } from "../domain/target.ts";
import { adx } from "../indicators/adx.ts";
import { atr } from "../indicators/atr.ts";
import { ema } from "../indicators/ema.ts";
import { hma } from "../indicators/hma.ts";
import { sma } from "../indicators/sma.ts";
import { strategy } from "../ports/strategy.ts";
import { stopBehind } from "./stop-behind.ts";

const averages = { ema, sma, hma } as const;

/**
 * A cross of two averages says where the trend goes, Wilder's ADX whether there is one. A cross is followed once: from
 * the bar on which the ADX is high enough, until the averages cross back or the stop is hit.
 */
export const trendFollowing = strategy({
  name: "trend-following",
  summary:
    "Follows a cross of two averages once the ADX confirms a trend, with an ATR stop behind the price.",
  params: {
    kind: choice(["ema", "sma", "hma"], "kind of both averages: exponential, simple or Hull"),
    fast: int(20, { min: 2, max: 100 }, "bars of the fast average"),
    slow: int(60, { min: 3, max: 300, step: 5 }, "bars of the slow average"),
    adxLength: int(14, { min: 1, max: 50 }, "bars of the ADX"),
    adxMin: float(20, { min: 0, max: 50, step: 5 }, "smallest ADX that is a trend; 0 follows every cross"),
    stop: choice(["trailing", "fixed", "none"], "how the stop moves after the entry"),
    atrLength: int(14, { min: 1, max: 50 }, "bars of the average true range"),
    stopAtr: float(3, { min: 0.1, max: 10, step: 0.5 }, "distance of the stop in average true ranges"),
    short: bool(false, "also follow trends downwards"),
  },
  where: ({ fast, slow }) => fast < slow,
  setup: ({ bars, p }) => ({
    close: bars.close,
    fast: averages[p.kind](bars.close, p.fast),
    slow: averages[p.kind](bars.close, p.slow),
    adx: adx(bars, p.adxLength).adx,
    atr: atr(bars, p.atrLength),
  }),
  // `side`: which average is on top. `isFresh`: they have crossed and nobody has acted on it yet.
  memory: () => ({ side: 0, isFresh: false, isIn: false }),
  onBar({ series, p, memory, target }) {
    const { close, fast, slow, adx, atr } = series;
    const side = fast.now > slow.now ? 1 : fast.now < slow.now ? -1 : memory.side;
    const isOver = memory.isIn && side !== memory.side;
    if (side !== memory.side) {
      // A trend that is older than the data is left alone: nobody knows when it began.
      memory.isFresh = memory.side !== 0;
      memory.isIn = false;
      memory.side = side;
    }
    if (!memory.isFresh || adx.now < p.adxMin || (side === -1 && !p.short)) {
      if (isOver) target(0, side === 1 ? "fast back above slow" : "fast back below slow");
      return;
    }
    memory.isFresh = false;
    memory.isIn = true;
    const direction = side === 1 ? 1 : -1;
    const distance = p.stopAtr * atr.now;
    const stop =
      p.stop === "none" || distance === 0
        ? unprotected
        : p.stop === "fixed"
          ? stopBehind(direction, close.now, distance)
          : { trail: { kind: "amount", amount: distance } as const };
    target(direction, {
      reason: side === 1 ? "fast above slow in a trend" : "fast below slow in a trend",
      ...stop,
    });
  },
});
