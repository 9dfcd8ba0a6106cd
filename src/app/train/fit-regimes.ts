import type { StatesTried } from "../../adapters/stores/models/stored-model.ts";
import { KiwiError } from "../../base/errors.ts";
import { freeParameters, keepLikeliest, type HmmFit } from "../../learning/hmm/fit-hmm.ts";
import type { HmmOptions } from "../../learning/hmm/hmm-options.ts";
import { prepareRows } from "../../learning/hmm/prepare-rows.ts";
import type { RestartRows } from "./restart-request.ts";
import { runRestarts, type FitPlace } from "./run-restarts.ts";

/** How hard to try, with how many states, and where. */
export type FitRequest = FitPlace & {
  readonly statesMin: number;
  readonly statesMax: number;
  readonly restarts: number;
  readonly seed: number;
};

/** The model with the lowest BIC, and what every number of states came to. */
export type ChosenFit = { readonly best: HmmFit; readonly tried: readonly StatesTried[] };

/** Attempts that a fit takes. */
export function attemptsOf({ statesMin, statesMax, restarts }: FitRequest): number {
  return (statesMax - statesMin + 1) * restarts;
}

/**
 * Fits a model for every number of states of the range, all attempts side by side, and keeps the one with the lowest
 * BIC. The same for any number of threads. Throws what `fitHmm` throws, and `HMM_TOO_FEW_ROWS` where a model has more
 * free parameters than there are rows.
 */
export async function fitRegimes(
  rows: RestartRows,
  shape: Pick<HmmOptions, "features" | "covariance">,
  request: FitRequest,
  onDone: (done: number) => void,
): Promise<ChosenFit> {
  const { statesMin, statesMax, restarts, seed } = request;
  // Refused here, before threads are started for it.
  const { seenRows } = prepareRows(rows.values, rows.length, shape.features, statesMax);
  refuseOverfit(seenRows, { ...shape, states: statesMax });
  const counts = Array.from({ length: statesMax - statesMin + 1 }, (_, k) => statesMin + k);
  const attempts = counts.flatMap((states) =>
    Array.from({ length: restarts }, (_, restart) => ({
      options: { ...shape, states, seed, restarts },
      restart,
    })),
  );
  const results = await runRestarts(rows, attempts, request, onDone);
  const fits = counts.map((_, k) => keepLikeliest(results.slice(k * restarts, (k + 1) * restarts)));
  return {
    best: fits.reduce((best, fit) => (fit.bic < best.bic ? fit : best)),
    tried: fits.map(({ params, logLikelihood, aic, bic }) => ({
      states: params.states,
      logLikelihood,
      aic,
      bic,
    })),
  };
}

/** A model that may choose more numbers than it has seen rows learns these by heart, noise or not. */
function refuseOverfit(rows: number, shape: Parameters<typeof freeParameters>[0]): void {
  const free = freeParameters(shape);
  if (rows >= free) return;
  throw new KiwiError({
    code: "HMM_TOO_FEW_ROWS",
    exit: "data",
    message: `${rows} rows are too few for a hidden Markov model of ${shape.states} states: it has ${free} free parameters`,
    why: "with fewer rows than parameters it would learn the noise by heart",
    fix: "take a longer range or fewer states",
    topic: "data",
  });
}
