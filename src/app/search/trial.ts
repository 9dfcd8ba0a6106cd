import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { metricDefinitions, type MetricKey } from "../../analysis/metrics/metric-definitions.ts";
import type { ParamValue } from "../../domain/params.ts";
import { runRequestSchema } from "../jobs/request-schemas.ts";
import type { LoadedBars } from "../bars/load-bars.ts";
import type { RunRequest } from "../runs/run-request.ts";

/** The column of one expression for all instruments, one after the other, in memory that every thread sees. */
export type SharedColumn = {
  readonly values: Float64Array;
  /** The row after the last one of each instrument. */
  readonly ends: Int32Array;
};

/** Columns by the key of their expression. */
export type SharedColumns = Readonly<Record<string, SharedColumn>>;

/** One set of values to try, on the first `share` of the bars that the search may see. */
export type TrialTask = {
  readonly index: number;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Keys of the configuration by path, joined with dots. */
  readonly settings: Readonly<Record<string, ParamValue>>;
  readonly share: number;
  /** Whether the returns of every period are wanted beside the numbers. */
  readonly wantsReturns: boolean;
};

/** What is measured on every trial of a search. */
export type TrialMeasuring = {
  readonly keys: readonly MetricKey[];
  /** Parts of equal length in which the trial is measured beside the whole. */
  readonly folds: number;
  /** Share of the time, at the end, that the search does not see. */
  readonly holdout: number;
};

/** A piece of a search: trials that have everything in common but their values. */
export type TrialsRequest = {
  readonly request: RunRequest;
  /** Bars in memory that all workers see; a worker on another machine reads its own. */
  readonly loaded?: LoadedBars | undefined;
  /** Columns that several trials read, folded already. */
  readonly columns?: SharedColumns | undefined;
  readonly measuring: TrialMeasuring;
  /** What a worker elsewhere must have, to the byte: its code and its bars. */
  readonly expected?: { readonly code: string; readonly data: string } | undefined;
  readonly tasks: readonly TrialTask[];
};

/** Numbers by metric; `null` where there is none. */
export type Measures = Readonly<Record<string, number | null>>;

/** What became of a trial. Nothing in it depends on where or when it ran. */
export type TrialOutcome =
  | {
      readonly kind: "measured";
      readonly index: number;
      readonly inSample: Measures;
      readonly folds: readonly Measures[];
      readonly outOfSample: Measures | null;
      /** Returns of every period that the search may see, zero while the trial warms up. */
      readonly returns: Float64Array | null;
    }
  | { readonly kind: "failed" | "timed_out"; readonly index: number; readonly error: string };

const paramValue = z.union([z.number(), z.boolean(), z.string()]);
const values = z.record(z.string(), paramValue);
const isMetric = new Set<string>(metricDefinitions.map(({ key }) => key));

/** The last request that was checked: all pieces of a search have the same, and checking it takes as long as a short trial. */
let checked: { readonly given: unknown; readonly request: RunRequest } | null = null;

const sameRequest = z.unknown().transform((given, context): RunRequest => {
  if (checked !== null && isDeepStrictEqual(given, checked.given)) return checked.request;
  const read = runRequestSchema.safeParse(given);
  if (!read.success) {
    const { message, path } = read.error.issues[0]!;
    context.addIssue({ code: "custom", message, path: [...path] });
    return z.NEVER;
  }
  checked = { given, request: read.data };
  return read.data;
});

/** Checks a piece of a search that came from elsewhere. What is shared in memory is taken as it is. */
export const trialsRequestSchema: z.ZodType<TrialsRequest> = z.strictObject({
  request: sameRequest,
  loaded: z.custom<LoadedBars>((value) => typeof value === "object").optional(),
  columns: z.custom<SharedColumns>((value) => typeof value === "object").optional(),
  measuring: z.strictObject({
    keys: z.array(z.custom<MetricKey>((key) => isMetric.has(String(key)))),
    folds: z.int().min(1),
    holdout: z.number().min(0).lt(1),
  }),
  expected: z.strictObject({ code: z.string(), data: z.string() }).optional(),
  tasks: z.array(
    z.strictObject({
      index: z.int().min(0),
      params: values,
      settings: values,
      share: z.number().gt(0).max(1),
      wantsReturns: z.boolean(),
    }),
  ),
});
