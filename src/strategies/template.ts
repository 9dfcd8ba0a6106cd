import { dayMs } from "../base/time.ts";
import { bool, choice, float, int } from "../domain/params.ts";
import type { Entry } from "../domain/target.ts";
import { above } from "../indicators/above.ts";
import { adx } from "../indicators/adx.ts";
import { atr } from "../indicators/atr.ts";
import { bollinger } from "../indicators/bollinger.ts";
import { both } from "../indicators/both.ts";
import { lag } from "../indicators/lag.ts";
import { over } from "../indicators/over.ts";
import { sma } from "../indicators/sma.ts";
import { crossOver, strategy } from "../ports/strategy.ts";

/*
 * TEMPLATE: copy this file, change the name, delete what you do not need. It uses every feature there is, in the order
 * in which you meet them, around an idea that makes sense: in an uptrend, buy the dips.
 *
 * Three rules make a strategy honest, and the engine keeps them for you:
 *   1. `setup` gets symbolic series that hold no numbers, so it cannot read data, past or future.
 *   2. `onBar` runs when a bar has closed and sees that bar and older ones; nothing can ask for a later one.
 *   3. `target` says what to hold and why. Sizing, risk rules and orders are other people's work, and an order never
 *      fills before the next bar.
 */
export const template = strategy({
  // What the command line calls it: kiwi backtest -s template
  name: "template",
  // One sentence for lists and reports.
  summary: "Buys dips in an uptrend; a commented example of everything a strategy can do.",

  // PARAMETERS: --param dip=0.1. Each has a default, a range that a search may try, and a sentence for people.
  params: {
    // A whole number.
    length: int(20, { min: 5, max: 100, step: 5 }, "bars of the Bollinger bands"),
    // A real number.
    dip: float(
      0.2,
      { min: 0, max: 0.5, step: 0.05 },
      "how low in the bands a dip is: 0 = lower band, 0.5 = middle",
    ),
    trendLength: int(20, { min: 2, max: 100 }, "bars of the average on the higher timeframe"),
    adxMin: float(15, { min: 0, max: 40, step: 5 }, "smallest ADX"),
    stopAtr: float(2.5, { min: 0.5, max: 10, step: 0.5 }, "distance of the stop in average true ranges"),
    targetAtr: float(
      5,
      { min: 0.5, max: 20, step: 0.5 },
      "distance of the take-profit in average true ranges",
    ),
    barsMax: int(40, { min: 1, max: 500 }, "bars after which a position is given up"),
    // One of a few words; the first is the default. Timeframes are words too.
    higher: choice(["1d", "4h", "1w"], "timeframe that the trend is read from"),
    leader: choice(["none", "SPY", "BTCUSDT"], "symbol of the run that must rise too"),
    entry: choice(["market", "limit", "stop"], "how to get in"),
    // Yes or no.
    trailing: bool(false, "let the stop follow the price instead of standing still"),
  },

  // Combinations that make no sense are refused, and skipped by a search.
  where: ({ stopAtr, targetAtr }) => stopAtr < targetAtr,

  // SERIES: what to watch. Every distinct expression is computed once, however many strategies ask for it. How many
  // bars must pass before all of this is known follows from the expressions; until then `onBar` is not called.
  setup: ({ bars, tf, symbol, p }) => {
    // Some indicators have several outputs.
    const bands = bollinger(bars.close, p.length, 2);
    // A higher timeframe: its value changes when its bar has closed, never before.
    const higher = tf(p.higher);
    const trend = sma(higher.close, p.trendLength);
    // Another symbol, at the strategy's own timeframe. Throws SYMBOL_UNKNOWN when the run has no bars of it.
    const leaderTrend = p.leader === "none" ? trend : sma(symbol(p.leader).close, p.trendLength);
    return {
      close: bars.close,
      low: bars.low,
      percentB: bands.percentB,
      middle: bands.middle,
      upper: bands.upper,
      atr: atr(bars, 14),
      adx: adx(bars, 14).adx,
      // Operators build series out of series: here 1 while the trend and the leader's trend both rise, else 0.
      isUptrend: both(above(trend, lag(trend, 1)), above(leaderTrend, lag(leaderTrend, 1))),
      // Volume relative to usual; NaN where there is no volume at all, as in most currency data: check before use.
      relativeVolume: over(bars.volume, sma(bars.volume, p.length)),
    };
  },

  // MEMORY: the only state a strategy may keep, one per symbol. A variable outside of this object would survive from
  // run to run and make results that nobody can repeat.
  memory: () => ({ barsWaited: 0, isWanted: false, lastDay: -1 }),

  // A strategy that only ever speaks when one of its series is not 0 may sleep until then: wakeOn: "isUptrend". It runs
  // faster and has one thing less to test. This one counts bars, so it must see them all.

  // DECISIONS: called once per closed bar.
  onBar({ series, p, memory, position, equity, symbol, timeMs, target }) {
    const { close, low, percentB, middle, atr, adx, upper, isUptrend, relativeVolume } = series;

    if (memory.isWanted) {
      memory.barsWaited += 1;
      // `position` is what the account holds in this symbol now: quantity, averagePrice, lastPrice, realizedPnl.
      const isHeld = position.quantity > 0;
      const gain = isHeld ? close.now / position.averagePrice - 1 : 0;
      // crossOver and crossUnder compare two series now and one bar ago.
      let reason = "";
      if (crossOver(close, upper)) reason = "above the upper band";
      else if (isUptrend.now === 0) reason = "the higher trend is over";
      else if (memory.barsWaited >= p.barsMax) reason = `given up with ${gain > 0 ? "a gain" : "no gain"}`;
      // After a stop or a take-profit the position is gone, although nobody asked for that.
      else if (!isHeld && memory.barsWaited > 3) reason = "stopped out, or the entry was never filled";
      if (reason !== "") {
        memory.isWanted = false;
        // Weight 0 is flat. Open entry orders are withdrawn, stop and take-profit too.
        target(0, reason);
      }
      // The holding stays until another target is stated: no need to say it again.
      return;
    }

    // `now`, `prev` and `ago(n)` read a series; ago(0) is now, and a negative number throws.
    const isHigherLow = low.now > low.ago(1) && low.ago(1) <= low.ago(2);
    const isDip = percentB.prev < p.dip && close.now < middle.now;
    // A comparison with NaN is false, so "not too quiet" is written so that missing volume passes.
    const isTooQuiet = relativeVolume.now < 0.25;
    const range = atr.now;
    if (!isDip || isUptrend.now === 0 || adx.now < p.adxMin || !isHigherLow || isTooQuiet || range <= 0)
      return;
    // `timeMs` is the close of the bar, UTC milliseconds: here, one entry per day is enough.
    const day = Math.floor(timeMs / dayMs);
    // `equity` is the account's value at this close; the sizer looks after it, but a strategy may look as well.
    if (day === memory.lastDay || equity <= 0) return;

    memory.isWanted = true;
    memory.barsWaited = 0;
    memory.lastDay = day;
    // At market, or waiting for a better price (limit), or for the price to prove itself (stop).
    const entry: Entry =
      p.entry === "market"
        ? { kind: "market" }
        : p.entry === "limit"
          ? { kind: "limit", price: close.now - 0.25 * range }
          : { kind: "stop", price: close.now + 0.25 * range };
    const entryPrice = entry.kind === "market" ? close.now : entry.price;
    // 1 is fully long, -1 fully short, 0.5 half: the sizer decides how much "fully" is. The reason is shown by
    // `kiwi explain`; `symbol` is the instrument, for a strategy runs once per symbol. Stop, take-profit and trailing
    // stop are orders at the venue; the first to fill cancels the others.
    target(1, {
      reason: `dip of ${symbol} in an uptrend`,
      entry,
      takeProfitPrice: entryPrice + p.targetAtr * range,
      ...(p.trailing
        ? { trail: { kind: "amount", amount: p.stopAtr * range } }
        : { stopPrice: entryPrice - p.stopAtr * range }),
    });
  },
});
