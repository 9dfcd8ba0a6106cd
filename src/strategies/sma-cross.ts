import { bool, int } from "../domain/params.ts";
import { crossing } from "../indicators/crossing.ts";
import { sma } from "../indicators/sma.ts";
import { strategy } from "../ports/strategy.ts";

/** The textbook cross of two simple averages, and the strategy that peers' published results are compared with. */
export const smaCross = strategy({
  name: "sma-cross",
  summary: "Long while the fast average is above the slow one, otherwise flat (or short, with short=true).",
  params: {
    fast: int(10, { min: 1, max: 50 }, "bars of the fast average"),
    slow: int(30, { min: 2, max: 200, step: 5 }, "bars of the slow average"),
    short: bool(false, "go short instead of flat when the fast average falls below"),
  },
  where: ({ fast, slow }) => fast < slow,
  setup({ bars, p }) {
    const fast = sma(bars.close, p.fast);
    const slow = sma(bars.close, p.slow);
    return { fast, slow, cross: crossing(fast, slow) };
  },
  wakeOn: "cross",
  onBar({ series, p, target }) {
    if (series.cross.now > 0) target(1, "fast above slow");
    else target(p.short ? -1 : 0, "fast below slow");
  },
});
