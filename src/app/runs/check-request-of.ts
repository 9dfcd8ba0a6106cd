import { resolve } from "node:path";
import type { CheckRequest } from "../checks/check-request.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { RunRequest } from "./run-request.ts";

/** Where the plug-ins of a request stand: a check runs in another folder. */
export function pluginPathsOf({ folder, config }: RunRequest): readonly string[] {
  return config.plugins.map((path) => resolve(folder, path));
}

/** The request that checks a prepared run: the same strategy, plug-ins, bars, news and settings. */
export function checkRequestOf(
  { setup, found, request }: PreparedRun,
  plugins: readonly string[],
  barsMax?: number,
): CheckRequest {
  const {
    bars,
    params,
    config,
    timeframe,
    regimeModels,
    externals,
    tradeFromMs,
    membership,
    actions,
    costTables,
    delistings,
  } = setup;
  return {
    strategy: found.file === null ? { name: found.strategy.name } : { file: found.file },
    params,
    bars,
    config,
    plugins,
    stuckAfterSeconds: request.config.stuckAfterSeconds,
    ...(tradeFromMs === undefined ? {} : { tradeFromMs }),
    ...(externals === undefined ? {} : { externals }),
    ...(membership === undefined ? {} : { membership }),
    ...(actions === undefined ? {} : { actions }),
    ...(delistings === undefined ? {} : { delistings }),
    ...(costTables === undefined ? {} : { costTables }),
    ...(regimeModels === undefined ? {} : { regimeModels }),
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(barsMax === undefined ? {} : { barsMax }),
  };
}
