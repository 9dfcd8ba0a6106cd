import { isNews, withOwnSymbol } from "../../domain/external-series.ts";
import type { Expr } from "../../domain/expression.ts";
import { resolveParams, type Params } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { planOf } from "../meta/plan-of.ts";
import { watchedSeries } from "./watched-series.ts";

type Asked = Pick<BacktestSetup, "strategy" | "params" | "bars" | "registry"> & {
  readonly timeframe?: Timeframe | undefined;
};

/**
 * Of which symbols a strategy, or one of those that it chooses among, reads news in a run: sorted, empty for nearly
 * all strategies. Its setup is asked and nothing is run. Throws what the setup throws.
 */
export function newsNeeded(asked: Asked): readonly string[] {
  const frames = new Set<string>();
  collectFrames(asked, frames);
  const names = [...frames].flatMap((frame) => {
    const name = frame.split("@")[0]!;
    return isNews(name) ? asked.bars.map(({ symbol }) => withOwnSymbol(name, symbol)) : [];
  });
  return [...new Set(names.map((name) => name.slice(name.indexOf(":") + 1)))].sort();
}

function collectFrames(asked: Asked, frames: Set<string>): void {
  const { strategy } = asked;
  const p = resolveParams(`strategy ${strategy.name}`, strategy.params as Params, asked.params);
  // What makes no sense is refused where the session is built, with its reason.
  if (strategy.where?.(p) === false) return;
  for (const expression of Object.values(watchedSeries(strategy, p))) framesOf(expression, frames);
  for (const one of planOf(asked)?.arsenal ?? [])
    collectFrames({ ...asked, strategy: one.strategy, params: one.params ?? {} }, frames);
}

function framesOf({ frame, node }: Expr, frames: Set<string>): void {
  frames.add(frame);
  if (node.kind === "align") framesOf(node.input, frames);
  if (node.kind === "indicator") for (const input of node.inputs) framesOf(input, frames);
}
