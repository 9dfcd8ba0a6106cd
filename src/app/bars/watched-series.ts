import { barSeries, timeframeFrame, type Expr } from "../../domain/expression.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";

/** The series that a strategy watches with these parameters, by its own names. Its setup is asked, and nothing is run. */
export function watchedSeries(
  strategy: AnyStrategy,
  p: Readonly<Record<string, ParamValue>>,
): Readonly<Record<string, Expr>> {
  return strategy.setup({
    bars: barSeries(),
    tf: (timeframe: Timeframe) => barSeries(timeframeFrame(timeframe)),
    symbol: (symbol: string, timeframe?: Timeframe) =>
      barSeries(timeframe === undefined ? `${symbol}@` : timeframeFrame(timeframe, symbol)),
    p,
  }) as Readonly<Record<string, Expr>>;
}
