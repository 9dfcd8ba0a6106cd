import { isNews, isPrediction, readPredictionName, withOwnSymbol } from "../../domain/external-series.ts";
import type { Expr } from "../../domain/expression.ts";
import { resolveParams, type Params } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { findPlugin } from "../plugins/registry.ts";
import { refuseMisspelt, strictParams } from "../plugins/misspelt-names.ts";
import { planOf } from "../meta/plan-of.ts";
import { watchedSeries } from "./watched-series.ts";

type Asked = Pick<BacktestSetup, "strategy" | "params" | "bars" | "registry"> & {
  readonly timeframe?: Timeframe | undefined;
  /** Its sizer may read predictions, too. */
  readonly config?: RunConfig;
};

/** What a run must have beside its bars because its strategy reads it. */
export type ExternalsNeeded = {
  /** Symbols whose news are read, sorted. */
  readonly news: readonly string[];
  /** Models whose answers are read, sorted, and which answers of each. */
  readonly predictions: readonly { readonly model: string; readonly outputs: readonly string[] }[];
};

/**
 * What a strategy, or one of those that it chooses among, reads beside bars: nothing, for nearly all strategies. Its setup is
 * asked and nothing is run. Throws what the setup throws, and `PARAM_UNKNOWN` or `SERIES_UNKNOWN` for a misspelt name.
 */
export function externalsNeeded(asked: Asked): ExternalsNeeded {
  const frames = new Set<string>();
  collectFrames(asked, frames);
  const names = [...frames].map((frame) => frame.split("@")[0]!);
  const news = names
    .filter(isNews)
    .flatMap((name) => asked.bars.map(({ symbol }) => withOwnSymbol(name, symbol)))
    .map((name) => name.slice(name.indexOf(":") + 1));
  const answers = new Map<string, Set<string>>();
  const add = (model: string, output: string) =>
    answers.set(model, (answers.get(model) ?? new Set()).add(output));
  for (const { model, output } of names.filter(isPrediction).map(readPredictionName)) add(model, output);
  for (const { model, outputs } of readBySettings(asked)) for (const output of outputs) add(model, output);
  return {
    news: [...new Set(news)].sort(),
    predictions: [...answers.keys()]
      .sort()
      .map((model) => ({ model, outputs: [...answers.get(model)!].sort() })),
  };
}

/** What sizer and filter read of models. */
function readBySettings({
  config,
  registry,
}: Asked): readonly { readonly model: string; readonly outputs: readonly string[] }[] {
  if (config === undefined) return [];
  const { sizing, predictionFilter } = config;
  const { use, ...options } = sizing;
  const { predictions, options: known } = findPlugin("sizer", use, registry);
  const sizer = predictions?.(resolveParams(`sizer ${use}`, known as Params, options)) ?? [];
  return predictionFilter === undefined
    ? sizer
    : [...sizer, { model: predictionFilter.model, outputs: ["probability"] }];
}

function collectFrames(asked: Asked, frames: Set<string>): void {
  const { strategy } = asked;
  const p = resolveParams(`strategy ${strategy.name}`, strategy.params as Params, asked.params);
  // What makes no sense is refused where the session is built, with its reason.
  if (strategy.where?.(p) === false) return;
  const series = watchedSeries(strategy, strictParams(strategy, p));
  refuseMisspelt(strategy, p, Object.keys(series));
  for (const expression of Object.values(series)) framesOf(expression, frames);
  for (const one of planOf(asked)?.arsenal ?? [])
    collectFrames({ ...asked, strategy: one.strategy, params: one.params ?? {} }, frames);
}

function framesOf({ frame, node }: Expr, frames: Set<string>): void {
  frames.add(frame);
  if (node.kind === "align") framesOf(node.input, frames);
  if (node.kind === "indicator") for (const input of node.inputs) framesOf(input, frames);
}
