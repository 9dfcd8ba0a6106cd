import { KiwiError } from "../../base/errors.ts";
import { hmmLimits, type HmmParams } from "./hmm-params.ts";

/** Rows that are taken as seen in a state beforehand, and how many rows of evidence each of them is worth. */
export type Anchors = {
  /** Row-major, in the units of the rows that are fitted. */
  readonly rows: Float64Array;
  /** State of each row. */
  readonly states: Uint8Array;
  readonly weight: number;
};

/** What to fit and how hard to try. */
export type HmmOptions = {
  readonly states: number;
  readonly features: number;
  readonly covariance: "diagonal" | "full";
  readonly seed: number;
  /** Independent attempts from different starts, 8 by default; the likeliest is kept. */
  readonly restarts?: number;
  /** Steps of an attempt, 300 by default. */
  readonly iterationsMax?: number;
  /** An attempt ends when a step gains less than this much log likelihood; 1e-4 by default. */
  readonly tolerance?: number;
  /** Least variance of a state, in any direction when full, as a share of the feature's own; 0.001 by default. */
  readonly covarianceFloor?: number;
  /** Transitions from every state to itself that are taken as seen beforehand; 0 by default. */
  readonly stickiness?: number;
  /** What the states are taken to be beforehand; none by default. Each state then keeps its number. */
  readonly anchors?: Anchors;
  /** A model of the same shape from which the first attempt begins: last week's, when training anew. */
  readonly warmStart?: HmmParams;
};

/** The options with every default filled in. */
export type ResolvedHmmOptions = Required<Omit<HmmOptions, "warmStart" | "anchors">> &
  Pick<HmmOptions, "warmStart" | "anchors">;

/** Fills in the defaults. Throws `HMM_OPTIONS_INVALID` on options that make no sense. */
export function resolveHmmOptions(options: HmmOptions): ResolvedHmmOptions {
  const resolved = {
    restarts: 8,
    iterationsMax: 300,
    tolerance: 1e-4,
    covarianceFloor: 0.001,
    stickiness: 0,
    ...options,
  };
  for (const [isRight, name, wanted] of demands(resolved)) if (!isRight) throw invalid(name, wanted);
  return resolved;
}

function demands(options: ResolvedHmmOptions): readonly (readonly [boolean, string, string])[] {
  const { states, features, restarts, iterationsMax, tolerance, covarianceFloor, stickiness } = options;
  const { warmStart, covariance, seed } = options;
  const fits =
    warmStart === undefined ||
    (warmStart.states === states && warmStart.features === features && warmStart.covariance === covariance);
  return [
    [isWhole(states, 1, hmmLimits.states), "states", `a whole number from 1 to ${hmmLimits.states}`],
    [isWhole(features, 1, hmmLimits.features), "features", `a whole number from 1 to ${hmmLimits.features}`],
    [Number.isSafeInteger(seed), "seed", "a whole number"],
    [isWhole(restarts, 1, 1_000), "restarts", "a whole number from 1 to 1000"],
    [isWhole(iterationsMax, 1, 100_000), "iterationsMax", "a whole number from 1 to 100000"],
    [tolerance >= 0 && tolerance < Infinity, "tolerance", "0 or more"],
    [covarianceFloor >= 1e-9 && covarianceFloor <= 1, "covarianceFloor", "from 1e-9 to 1"],
    [stickiness >= 0 && stickiness < Infinity, "stickiness", "0 or more"],
    [fits, "warmStart", "a model with the same states, features and covariance"],
  ];
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function invalid(name: string, wanted: string): KiwiError {
  return new KiwiError({
    code: "HMM_OPTIONS_INVALID",
    exit: "config",
    message: `the option "${name}" of the hidden Markov model is out of range`,
    why: `it must be ${wanted}`,
    fix: `set ${name} to ${wanted}`,
    topic: "config",
  });
}
