import { bool, choice, float, int } from "../domain/params.ts";
import { atr } from "../indicators/atr.ts";
import { donchian } from "../indicators/donchian.ts";
import { keltner } from "../indicators/keltner.ts";
import { strategy } from "../ports/strategy.ts";
import { stopBehind } from "./stop-behind.ts";

/**
 * A close outside of its channel starts a move (Donchian; Faith, Way of the Turtle, 2007); a close beyond the opposite
 * side of a shorter channel ends it. After a stop the next breakout counts again.
 */
export const volatilityBreakout = strategy({
  name: "volatility-breakout",
  summary:
    "Goes with a close outside of a Donchian or ATR channel, until a shorter channel breaks the other way.",
  params: {
    kind: choice(
      ["donchian", "atr-channel"],
      "channel that is broken: highs and lows, or an average and its ATR",
    ),
    length: int(20, { min: 2, max: 200, step: 5 }, "bars of the channel"),
    channelAtr: float(
      2,
      { min: 0.5, max: 5, step: 0.5 },
      "half width of the ATR channel in average true ranges",
    ),
    exitLength: int(10, { min: 1, max: 100 }, "bars of the Donchian channel that ends the move"),
    atrLength: int(20, { min: 1, max: 50 }, "bars of the average true range"),
    stopAtr: float(
      2,
      { min: 0, max: 10, step: 0.5 },
      "distance of the stop in average true ranges; 0 = no stop",
    ),
    short: bool(false, "also go with breaks downwards"),
  },
  where: ({ length, exitLength }) => exitLength <= length,
  setup: ({ bars, p }) => {
    const channel =
      p.kind === "donchian" ? donchian(bars, p.length) : keltner(bars, p.length, p.channelAtr, p.atrLength);
    const exit = donchian(bars, p.exitLength);
    return {
      close: bars.close,
      upper: channel.upper,
      lower: channel.lower,
      exitHigh: exit.upper,
      exitLow: exit.lower,
      atr: atr(bars, p.atrLength),
    };
  },
  onBar({ series, p, position, target }) {
    const { close, upper, lower, exitHigh, exitLow, atr } = series;
    const side = Math.sign(position.quantity);
    const distance = p.stopAtr * atr.now;
    if (side !== 1 && close.now > upper.now)
      target(1, { reason: "close above the channel", ...stopBehind(1, close.now, distance) });
    else if (p.short && side !== -1 && close.now < lower.now)
      target(-1, { reason: "close below the channel", ...stopBehind(-1, close.now, distance) });
    else if (side === 1 && close.now < exitLow.now) target(0, "below the low of the exit channel");
    else if (side === -1 && close.now > exitHigh.now) target(0, "above the high of the exit channel");
  },
});
