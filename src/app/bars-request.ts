import { parseTimeframe, type Timeframe } from "../domain/timeframe.ts";
import type { BarsRequest } from "./load-bars.ts";
import { readDay } from "./read-day.ts";
import type { RunRequest } from "./run-request.ts";

/** How the bars of a request are to be loaded. */
export function barsRequestOf({
  folder,
  config,
  nowMs,
}: Pick<RunRequest, "folder" | "config" | "nowMs">): BarsRequest {
  const { data, dataFolder, pairs, csv, seed } = config;
  if (config.timeframe !== undefined) parseTimeframe(config.timeframe);
  return {
    folder,
    data,
    dataFolder,
    asOfMs: config.asOf === undefined ? undefined : readDay(config.asOf, "--as-of"),
    pairs,
    timeframe: config.timeframe as Timeframe | undefined,
    toMs: config.to === undefined ? Infinity : readDay(config.to, "--to"),
    csv,
    seed,
    nowMs,
  };
}
