import { atr, crossing, ema, int, strategy } from "kiwi";

// The whole of a strategy: parameters with ranges, series to watch, and one function that says what to hold.
export default strategy({
  name: "my-strategy",
  summary: "Long while a fast average is above a slow one on a rising day, with a stop two ranges away.",
  params: { fast: int(12, { min: 5, max: 50 }), slow: int(48, { min: 20, max: 200, step: 4 }) },
  where: ({ fast, slow }) => fast < slow,
  setup({ bars, tf, p }) {
    const [fast, slow] = [ema(bars.close, p.fast), ema(bars.close, p.slow)];
    return { cross: crossing(fast, slow), close: bars.close, range: atr(bars, 14), day: tf("1d").close };
  },
  wakeOn: "cross",
  onBar({ series, target }) {
    if (series.cross.now < 0) return target(0, "fast fell below slow");
    if (series.day.now < series.day.prev) return;
    target(1, {
      reason: "fast rose above slow on a rising day",
      stopPrice: series.close.now - 2 * series.range.now,
    });
  },
});
