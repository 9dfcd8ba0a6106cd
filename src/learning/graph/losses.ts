import {
  add,
  divide,
  log,
  logGamma,
  meanOfAll,
  multiply,
  negate,
  softplus,
  subtract,
} from "./elementwise.ts";
import { sizeOf, type Tensor } from "./graph.ts";
import { concatenate, reshape, slice, split } from "./shapes.ts";

/** Two numbers per row become a Beta distribution with one hill: both parameters above 1. */
export function betaHead(raw: Tensor): { readonly alpha: Tensor; readonly beta: Tensor } {
  const rows = raw.shape[0]!;
  const above = add(softplus(raw), 1);
  return {
    alpha: reshape(slice(above, 1, 0, 1), [rows]),
    beta: reshape(slice(above, 1, 1, 2), [rows]),
  };
}

/** Mean of a loss by row, each row counted by its weight. */
function weighted(loss: Tensor, weights: Tensor | undefined): Tensor {
  return meanOfAll(weights === undefined ? loss : multiply(loss, weights));
}

/** Mean negative log density of a Beta distribution at `y`, strictly between 0 and 1. */
export function betaLoss(alpha: Tensor, beta: Tensor, y: Tensor, weights?: Tensor): Tensor {
  const rows = sizeOf(alpha.shape);
  // One row of all three: a node of a graph costs more than the few numbers in it.
  const sizes = [rows, rows, rows];
  const gammas = logGamma(concatenate([alpha, beta, add(alpha, beta)], 0));
  const [ofAlpha, ofBeta, ofBoth] = split(gammas, 0, sizes) as readonly [Tensor, Tensor, Tensor];
  const density = subtract(
    add(multiply(subtract(alpha, 1), log(y)), multiply(subtract(beta, 1), log(subtract(1, y)))),
    subtract(add(ofAlpha, ofBeta), ofBoth),
  );
  return weighted(negate(density), weights);
}

/** Mean squared distance of the Beta's mean from what happened: a proper score, which keeps probabilities honest. */
export function calibrationLoss(alpha: Tensor, beta: Tensor, outcome: Tensor, weights?: Tensor): Tensor {
  const miss = subtract(divide(alpha, add(alpha, beta)), outcome);
  return weighted(multiply(miss, miss), weights);
}

/** Mean negative log likelihood of outcomes 0 and 1 under the Beta's mean. */
export function outcomeLoss(alpha: Tensor, beta: Tensor, outcome: Tensor, weights?: Tensor): Tensor {
  const all = log(add(alpha, beta));
  const [up, down] = [subtract(log(alpha), all), subtract(log(beta), all)];
  return weighted(negate(add(multiply(outcome, up), multiply(subtract(1, outcome), down))), weights);
}
