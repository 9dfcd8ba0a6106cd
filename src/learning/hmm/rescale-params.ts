import type { HmmParams } from "./hmm-params.ts";
import type { PreparedRows } from "./prepare-rows.ts";

type Scaling = Pick<PreparedRows, "centres" | "scales">;

/** A model of standardised rows as a model of the rows themselves. */
export function toRowUnits(params: HmmParams, { centres, scales }: Scaling): HmmParams {
  const { features } = params;
  return {
    ...params,
    initial: params.initial.slice(),
    transition: params.transition.slice(),
    means: params.means.map((mean, k) => centres[k % features]! + mean * scales[k % features]!),
    covariances: params.covariances.map((value, k) => value * productOfScales(params, scales, k)),
  };
}

/** A model of rows as a model of the standardised rows. */
export function toStandardUnits(params: HmmParams, { centres, scales }: Scaling): HmmParams {
  const { features } = params;
  return {
    ...params,
    initial: params.initial.slice(),
    transition: params.transition.slice(),
    means: params.means.map((mean, k) => (mean - centres[k % features]!) / scales[k % features]!),
    covariances: params.covariances.map((value, k) => value / productOfScales(params, scales, k)),
  };
}

/** The two scales that the number at `k` of all covariances carries. */
function productOfScales({ features, covariance }: HmmParams, scales: Float64Array, k: number): number {
  const column = scales[k % features]!;
  return column * (covariance === "full" ? scales[Math.floor(k / features) % features]! : column);
}
