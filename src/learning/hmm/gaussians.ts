import { DiagonalGaussians } from "./diagonal-gaussians.ts";
import { FullGaussians } from "./full-gaussians.ts";
import type { Gaussians } from "./gaussians-port.ts";
import type { HmmParams } from "./hmm-params.ts";

/** The densities that go with the kind of covariance of a model. */
export function gaussiansOf(params: HmmParams): Gaussians {
  return params.covariance === "full" ? new FullGaussians(params) : new DiagonalGaussians(params);
}
