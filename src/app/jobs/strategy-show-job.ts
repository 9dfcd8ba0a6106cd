import { z } from "zod";
import { findStrategy } from "../plugins/find-strategy.ts";
import { warmupNeed } from "../session/warmup-need.ts";
import { barSeries, timeframeFrame, type Expr } from "../../domain/expression.ts";
import { resolveParams, type Params } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";

const request = z.strictObject({ folder: z.string(), strategy: z.string() });

export type StrategyShown = {
  readonly name: string;
  readonly summary: string;
  readonly file: string | null;
  readonly params: Params;
  /** The condition on the parameters, as it is written. */
  readonly condition: string | null;
  readonly series: Readonly<Record<string, string>>;
  readonly warmup: string;
};

/** Looks at a strategy without running it: its setup is asked with the default parameters. */
async function performShow(
  { folder, strategy: name }: z.output<typeof request>,
  { board }: JobContext,
): Promise<StrategyShown> {
  board.watch(true);
  const { strategy, file } = await findStrategy(folder, name);
  const params = strategy.params as Params;
  const expressions = strategy.setup({
    bars: barSeries(),
    tf: (timeframe: Timeframe) => barSeries(timeframeFrame(timeframe)),
    symbol: (symbol: string) => barSeries(`${symbol}@`),
    p: resolveParams(`strategy ${strategy.name}`, params, {}),
  }) as Readonly<Record<string, Expr>>;
  return {
    name: strategy.name,
    summary: strategy.summary,
    file,
    params,
    condition: strategy.where === undefined ? null : String(strategy.where),
    series: Object.fromEntries(Object.entries(expressions).map(([key, { key: text }]) => [key, text])),
    warmup: warmupNeed({ expressions }),
  };
}

export default defineJob({ request, perform: performShow });
