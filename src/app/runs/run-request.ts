import type { ParamValue } from "../../domain/params.ts";
import type { KiwiConfig } from "../config/config-schema.ts";

/** A backtest as a person asked for it: plain data, enough to run it again. */
export type RunRequest = {
  /** Relative paths start here. */
  readonly folder: string;
  /** A name from the registry, or the path of a strategy file. */
  readonly strategy: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly config: KiwiConfig;
  /** The present of the run: bars that close later are not known. */
  readonly nowMs: number;
};
