import { DiagonalMoments } from "./diagonal-moments.ts";
import { FullMoments } from "./full-moments.ts";
import type { Moments } from "./moments-port.ts";
import type { HmmParams } from "./hmm-params.ts";

/** The moments that go with the kind of covariance of a model; they write to the arrays of `params`. */
export function momentsOf(params: HmmParams): Moments {
  return params.covariance === "full" ? new FullMoments(params) : new DiagonalMoments(params);
}
