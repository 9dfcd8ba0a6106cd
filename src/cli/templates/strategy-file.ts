/** The text of a strategy file to begin with: short, commented, and it runs as it is. */
export function strategyFile(name: string): string {
  return `import { crossOver, crossUnder, int, sma, strategy } from "kiwi";

export default strategy({
  name: "${name}",
  summary: "Long while the fast average is above the slow one, flat otherwise.",
  // Defaults and the range of a search. Try others with --param fast=20.
  params: {
    fast: int(10, { min: 5, max: 50 }, "bars of the fast average"),
    slow: int(30, { min: 20, max: 200, step: 5 }, "bars of the slow average"),
  },
  where: ({ fast, slow }) => fast < slow,
  // Name the series to watch. They hold no numbers here, so nothing can peek at the future.
  setup: ({ bars, p }) => ({ fast: sma(bars.close, p.fast), slow: sma(bars.close, p.slow) }),
  // Called when a bar has closed. Say what to hold: 1 all in, 0 nothing, -1 short, and why.
  onBar({ series, target }) {
    if (crossOver(series.fast, series.slow)) target(1, "fast above slow");
    if (crossUnder(series.fast, series.slow)) target(0, "fast below slow");
  },
});
`;
}

/** A strategy over two timeframes: the higher one says which way, the lower one when. */
export function multiTimeframeFile(name: string): string {
  return `import { crossOver, crossUnder, int, sma, strategy } from "kiwi";

export default strategy({
  name: "${name}",
  summary: "Long on a cross of averages, but only while the day is above its own average.",
  params: {
    fast: int(10, { min: 5, max: 50 }, "bars of the fast average"),
    slow: int(30, { min: 20, max: 200, step: 5 }, "bars of the slow average"),
    trend: int(50, { min: 20, max: 200, step: 10 }, "days of the trend's average"),
  },
  where: ({ fast, slow }) => fast < slow,
  // tf("1d") is the last closed day, whatever the timeframe of the bars.
  setup: ({ bars, tf, p }) => ({
    fast: sma(bars.close, p.fast),
    slow: sma(bars.close, p.slow),
    day: tf("1d").close,
    trend: sma(tf("1d").close, p.trend),
  }),
  onBar({ series, target }) {
    if (crossUnder(series.fast, series.slow)) target(0, "fast below slow");
    if (crossOver(series.fast, series.slow) && series.day.now > series.trend.now)
      target(1, "fast above slow in a rising market");
  },
});
`;
}

/** A strategy that does nothing yet. */
export function blankFile(name: string): string {
  return `import { strategy } from "kiwi";

export default strategy({
  name: "${name}",
  summary: "Does nothing yet.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close, open: bars.open }),
  onBar({ series, position, target }) {
    // Three rising bars: in. The first falling one: out. Put your own idea here.
    const isRising = [0, 1, 2].every((bar) => series.close.ago(bar) > series.open.ago(bar));
    if (isRising && position.quantity === 0) target(1, "three rising bars");
    if (series.close.now < series.open.now && position.quantity > 0) target(0, "a falling bar");
  },
});
`;
}
