import { parseTimeframe, type Timeframe } from "../../domain/timeframe.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { readDay } from "../config/read-day.ts";
import type { RunRequest } from "../runs/run-request.ts";

/** What to load: paths and how to read them. */
export type BarsRequest = {
  /** Relative paths start here. */
  readonly folder: string;
  readonly data: readonly string[];
  /** Where downloaded bars are kept: read when `data` names nothing and `pairs` does. */
  readonly dataFolder?: string | undefined;
  /** Stored bars are read as they were known then; default the present. Files have no past: they are refused with it. */
  readonly asOfMs?: number | undefined;
  readonly pairs: readonly string[];
  readonly timeframe: Timeframe | undefined;
  /** Bars that close later are left out. */
  readonly to: string | undefined;
  readonly csv: KiwiConfig["csv"];
  /** Where the calendars of files are named; told from the bars by default. */
  readonly instruments?: KiwiConfig["instruments"] | undefined;
  readonly seed: number;
  readonly nowMs: number;
};

/** How the bars of a request are to be loaded. */
export function barsRequestOf({
  folder,
  config,
  nowMs,
}: Pick<RunRequest, "folder" | "config" | "nowMs">): BarsRequest {
  const { data, dataFolder, pairs, csv, seed, instruments } = config;
  if (config.timeframe !== undefined) parseTimeframe(config.timeframe);
  return {
    folder,
    data,
    dataFolder,
    asOfMs: config.asOf === undefined ? undefined : readDay(config.asOf, "--as-of"),
    pairs,
    timeframe: config.timeframe as Timeframe | undefined,
    to: config.to,
    csv,
    instruments,
    seed,
    nowMs,
  };
}
