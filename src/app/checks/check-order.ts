import type { LookaheadResult } from "../../analysis/checks/lookahead.ts";
import type { RunTrace } from "../../analysis/checks/run-trace.ts";
import type { WarmupResult } from "../../analysis/checks/warmup.ts";
import type { CheckRequest } from "./check-request.ts";

/** A run as plain data, and the strategy that was run. */
export type NamedTraces = { readonly strategyName: string; readonly traces: readonly RunTrace[] };

/** What a check job can do, and what comes of it. */
export type CheckResults = {
  readonly lookahead: LookaheadResult;
  readonly warmup: WarmupResult;
  /** Ordinary runs, each in a new instance of the strategy's file: two, or the one that is asked for. */
  readonly traces: NamedTraces;
  readonly trace: NamedTraces;
};
export type CheckName = keyof CheckResults;

/** What a check job is asked for. */
export type CheckOrder<Name extends CheckName = CheckName> = {
  readonly check: Name;
  readonly request: CheckRequest;
};
