import { resolveParams, type Params } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { MetaPlan } from "../../ports/strategy.ts";
import type { BacktestSetup } from "../backtest-setup.ts";

/** What the strategy of a setup chooses from; null where it trades by itself. */
export function planOf({
  strategy,
  params,
  bars,
  timeframe,
}: Pick<BacktestSetup, "strategy" | "params" | "bars"> & {
  readonly timeframe?: Timeframe | undefined;
}): MetaPlan | null {
  if (strategy.plan === undefined) return null;
  const resolved = resolveParams(`strategy ${strategy.name}`, strategy.params as Params, params);
  return strategy.plan(resolved as never, { timeframe: timeframe ?? bars[0]!.timeframe });
}
