import type { CheckRequest } from "./checks/check-request.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** The request that checks a prepared run: the same strategy, bars and settings. */
export function checkRequestOf({ setup, found }: PreparedRun, barsMax?: number): CheckRequest {
  const { bars, params, config, timeframe } = setup;
  return {
    strategy: found.file === null ? { name: found.strategy.name } : { file: found.file },
    params,
    bars,
    config,
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(barsMax === undefined ? {} : { barsMax }),
  };
}
