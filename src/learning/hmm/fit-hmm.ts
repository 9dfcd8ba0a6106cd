import { Prng } from "../../base/prng.ts";
import { Expectation } from "./expectation.ts";
import { resolveHmmOptions, type Anchors, type HmmOptions, type ResolvedHmmOptions } from "./hmm-options.ts";
import { checkHmmParams, covarianceLength, type HmmParams } from "./hmm-params.ts";
import type { Moments } from "./moments-port.ts";
import { momentsOf } from "./moments.ts";
import { prepareRows, type PreparedRows } from "./prepare-rows.ts";
import { reorderStates } from "./reorder-states.ts";
import { toRowUnits, toStandardUnits } from "./rescale-params.ts";
import { startOf, type Start } from "./starts.ts";

/** One attempt: where it began, where it ended. */
export type HmmRestart = {
  /** Its number: attempts may run anywhere and in any order. */
  readonly restart: number;
  readonly start: string;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly params: HmmParams;
  /** Rows with at least one feature. */
  readonly rows: number;
};

/** The likeliest of all attempts, and how every one of them ended. */
export type HmmFit = {
  readonly params: HmmParams;
  /** Natural logarithm of the density of all rows, in the units of the rows. */
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly restarts: readonly Pick<HmmRestart, "start" | "logLikelihood" | "iterations" | "converged">[];
  readonly aic: number;
  readonly bic: number;
  /** Rows with at least one feature. */
  readonly rows: number;
};

/**
 * Fits a Gaussian hidden Markov model to the first `length` rows by expectation maximisation from several starts, and
 * keeps the likeliest. `rows` is row-major, oldest row first; NaN is a missing value. The same rows, options and seed
 * give the same bytes. States come ordered by the variance of the first feature, calmest first; a state that lost all
 * its rows keeps its last mean and covariance. Throws `HMM_OPTIONS_INVALID`, `HMM_TOO_FEW_ROWS`, `HMM_INFINITE`,
 * `HMM_MISSING` and `HMM_CONSTANT`. Sources: Baum et al. (1970); Rabiner, A Tutorial on Hidden Markov Models (1989).
 */
export function fitHmm(rows: Float64Array, length: number, options: HmmOptions): HmmFit {
  const { restarts } = resolveHmmOptions(options);
  return keepLikeliest(
    Array.from({ length: restarts }, (_, restart) => runHmmRestart(rows, length, options, restart)),
  );
}

/** Attempt number `restart` of `fitHmm`, alone: it depends on nothing but these arguments, so workers can share them. */
export function runHmmRestart(
  rows: Float64Array,
  length: number,
  options: HmmOptions,
  restart: number,
): HmmRestart {
  const resolved = resolveHmmOptions(options);
  const prepared = prepareRows(rows, length, resolved.features, resolved.states);
  const prng = new Prng(resolved.seed).fork(`restart ${restart}`);
  const { name, params } = begin(prepared, resolved, restart, prng);
  const { logLikelihood, iterations, converged } = climb(prepared, params, resolved);
  const fitted = toRowUnits(params, prepared);
  return {
    restart,
    start: name,
    logLikelihood: logLikelihood + prepared.logScale,
    iterations,
    converged,
    params: options.anchors === undefined ? calmestFirst(fitted) : fitted,
    rows: prepared.seenRows,
  };
}

/** The fit that a complete set of attempts amounts to, in whatever order they came; of equals the first attempt wins. */
export function keepLikeliest(restarts: readonly HmmRestart[]): HmmFit {
  const inOrder = restarts.toSorted((a, b) => a.restart - b.restart);
  let best = inOrder[0]!;
  for (const restart of inOrder) if (restart.logLikelihood > best.logLikelihood) best = restart;
  const { params, logLikelihood, iterations, converged, rows } = best;
  const free = freeParameters(params);
  return {
    params,
    logLikelihood,
    iterations,
    converged,
    restarts: inOrder.map((restart) => ({
      start: restart.start,
      logLikelihood: restart.logLikelihood,
      iterations: restart.iterations,
      converged: restart.converged,
    })),
    aic: 2 * free - 2 * logLikelihood,
    bic: Math.log(rows) * free - 2 * logLikelihood,
    rows,
  };
}

/** Numbers that a fit may choose: shares add up to one, covariances are symmetric. */
export function freeParameters({
  states,
  features,
  covariance,
}: Pick<HmmParams, "states" | "features" | "covariance">): number {
  const spread = covariance === "full" ? (features * (features + 1)) / 2 : features;
  return states - 1 + states * (states - 1) + states * (features + spread);
}

function begin(
  rows: PreparedRows,
  options: ResolvedHmmOptions,
  restart: number,
  prng: Prng,
): { readonly name: string; readonly params: HmmParams } {
  if (options.warmStart !== undefined && restart === 0) {
    checkHmmParams(options.warmStart);
    return { name: "warm", params: toStandardUnits(options.warmStart, rows) };
  }
  const start = startOf(rows, options.states, restart, prng);
  return { name: start.name, params: paramsOf(start, rows, options) };
}

/** The model in which every row is in the state that the start guessed. */
function paramsOf({ labels, staying }: Start, rows: PreparedRows, options: ResolvedHmmOptions): HmmParams {
  const { states, features, covariance, covarianceFloor } = options;
  const leaving = states === 1 ? 0 : (1 - staying) / (states - 1);
  const params: HmmParams = {
    states,
    features,
    covariance,
    initial: new Float64Array(states).fill(1 / states),
    transition: Float64Array.from({ length: states * states }, (_, k) =>
      k % (states + 1) === 0 ? 1 - leaving * (states - 1) : leaving,
    ),
    means: new Float64Array(states * features),
    covariances: new Float64Array(covarianceLength(options)),
  };
  const step = covariance === "full" ? features + 1 : 1;
  const block = params.covariances.length / states;
  // A state without rows keeps this: the spread of all rows.
  for (let k = 0; k < params.covariances.length; k++) if ((k % block) % step === 0) params.covariances[k] = 1;
  const moments = momentsOf(params);
  const weights = new Float64Array(states);
  for (let row = 0; row < rows.length; row++) {
    weights[labels[row]!] = 1;
    moments.add(rows.values, row * features, rows.missing[row]!, weights);
    weights[labels[row]!] = 0;
  }
  moments.maximise(covarianceFloor);
  return params;
}

/** Improves the model in place, step by step, until a step gains next to nothing. */
function climb(
  rows: PreparedRows,
  params: HmmParams,
  { iterationsMax, tolerance, covarianceFloor, stickiness, anchors }: ResolvedHmmOptions,
): { readonly logLikelihood: number; readonly iterations: number; readonly converged: boolean } {
  const expectation = new Expectation(rows, params);
  const moments = momentsOf(params);
  const { values, missing, features } = rows;
  const visit = (row: number, smoothed: Float64Array) =>
    moments.add(values, row * features, missing[row]!, smoothed);
  let before = -Infinity;
  for (let iterations = 0; ; iterations++) {
    const logLikelihood = expectation.forward();
    const aim = logLikelihood + stickiness * logOfStaying(params);
    const converged = aim - before < tolerance;
    if (converged || iterations === iterationsMax) return { logLikelihood, iterations, converged };
    before = aim;
    expectation.backward(visit);
    if (anchors !== undefined) addAnchors(moments, anchors, rows, params.states);
    expectation.maximise(stickiness);
    moments.maximise(covarianceFloor);
  }
}

/** Rows taken as seen beforehand, each in its state. */
function addAnchors(
  moments: Moments,
  { rows, states, weight }: Anchors,
  { features, centres, scales }: PreparedRows,
  stateCount: number,
): void {
  const values = rows.map((value, k) => (value - centres[k % features]!) / scales[k % features]!);
  const weights = new Float64Array(stateCount);
  for (const [row, state] of states.entries()) {
    weights[state] = weight;
    moments.add(values, row * features, 0, weights);
    weights[state] = 0;
  }
}

/** What the transitions taken as seen beforehand add to the aim, per transition. */
function logOfStaying({ states, transition }: HmmParams): number {
  let sum = 0;
  for (let k = 0; k < states; k++) sum += Math.log(Math.max(transition[k * states + k]!, Number.MIN_VALUE));
  return sum;
}

function calmestFirst(params: HmmParams): HmmParams {
  const block = params.covariances.length / params.states;
  const spread = (state: number) => params.covariances[state * block]!;
  const order = Array.from({ length: params.states }, (_, k) => k);
  return reorderStates(
    params,
    order.sort((a, b) => spread(a) - spread(b) || a - b),
  );
}
