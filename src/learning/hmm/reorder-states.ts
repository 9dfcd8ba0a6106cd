import type { HmmParams } from "./hmm-params.ts";

/** The same model with its states in another order: state k of the result is state `order[k]` of `params`. */
export function reorderStates(params: HmmParams, order: readonly number[]): HmmParams {
  const { states, features, covariance, initial, transition, means, covariances } = params;
  const blocks = (values: Float64Array, size: number) => {
    const moved = new Float64Array(values.length);
    for (const [to, from] of order.entries()) {
      moved.set(values.subarray(from * size, (from + 1) * size), to * size);
    }
    return moved;
  };
  return {
    states,
    features,
    covariance,
    initial: blocks(initial, 1),
    transition: Float64Array.from(
      transition,
      (_, k) => transition[order[Math.floor(k / states)]! * states + order[k % states]!]!,
    ),
    means: blocks(means, features),
    covariances: blocks(covariances, covariances.length / states),
  };
}
