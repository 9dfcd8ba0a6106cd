import type { HmmOptions } from "../../learning/hmm/hmm-options.ts";

/** The rows that all attempts see: `values` is row-major. */
export type RestartRows = { readonly values: Float64Array; readonly length: number };

/** One attempt at one model. */
export type RestartJob = { readonly options: HmmOptions; readonly restart: number };

/** What a thread gets for one attempt. */
export type RestartRequest = RestartJob & { readonly rows: RestartRows };
