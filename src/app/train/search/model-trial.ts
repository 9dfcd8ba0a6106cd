import { z } from "zod";
import type { PredictorFamily } from "../../../domain/predictor-artifact.ts";
import type { Dataset } from "../../../learning/data/dataset.ts";
import type { Setting } from "../../../search/search-space.ts";
import type { KiwiConfig } from "../../config/config-schema.ts";

/** How a search over a model goes about it. */
export const modelSearchMethods = ["tpe", "random", "halving"] as const;

/** What is asked of a search over the settings of a model. */
export type ModelSearch = {
  readonly trials: number;
  readonly method: (typeof modelSearchMethods)[number];
  /** Seconds that one trial may take. */
  readonly trialSeconds?: number | undefined;
  /** Address of the server of a queue whose workers try; threads here where it is left out. */
  readonly queue?: string | undefined;
};

/** One set of values to try, on the first `share` of the rows that the search may see. */
export type ModelTask = { readonly index: number; readonly setting: Setting; readonly share: number };

/** Everything that the trials of a search over a model have in common. */
export type ModelTrialGround = {
  readonly family: PredictorFamily;
  readonly size: "small" | "full";
  readonly training: KiwiConfig["training"];
  readonly features: readonly string[];
  readonly symbol: string;
  /** Rows in memory that all threads see; none of those that the model is judged on later. */
  readonly data: Dataset;
  readonly horizonBars: number;
  readonly calibration: "beta" | "steps";
  /** Turns of the walk forward that a trial is measured by. */
  readonly folds: number;
  readonly seed: number;
  readonly codeVersion: string;
};

/** A piece of a search over a model. */
export type ModelTrials = { readonly ground: ModelTrialGround; readonly tasks: readonly ModelTask[] };

/** Takes a piece as it is: it comes from this program. */
export const modelTrialsSchema = z.custom<ModelTrials>(
  (value) => typeof value === "object" && value !== null && "ground" in value && "tasks" in value,
);

/** What a trial is measured by; the first is what it is ranked by, and less of it is better. */
export const modelMeasures = ["logLoss", "brier", "accuracy", "auc", "ece"] as const;

/** The first rows of a dataset, in memory that all threads see. */
export function sharedRows({ x, labels, weights, closeTimeMs, persistence }: Dataset, rows: number): Dataset {
  return {
    x: { ...x, rows, values: shared(x.values, rows * x.width) },
    labels: {
      outcome: shared(labels.outcome, rows),
      end: shared(labels.end, rows),
      size: shared(labels.size, rows),
      logReturn: shared(labels.logReturn, rows),
    },
    weights: shared(weights, rows),
    closeTimeMs: shared(closeTimeMs, rows),
    persistence: shared(persistence, rows),
  };
}

type Column = Float32Array | Float64Array | Int32Array | Uint8Array;

function shared<Kind extends Column>(column: Kind, length: number): Kind {
  const memory = new SharedArrayBuffer(length * column.BYTES_PER_ELEMENT);
  const make = column.constructor as new (memory: SharedArrayBuffer) => Kind;
  const copy = new make(memory);
  copy.set(column.subarray(0, length));
  return copy;
}
