/** Indices of the scored candidates, best first; NaN is not considered, and equal scores keep their order. */
export function rankScores(scores: Float64Array): readonly number[] {
  const order: number[] = [];
  for (let k = 0; k < scores.length; k++) if (!Number.isNaN(scores[k]!)) order.push(k);
  return order.sort((a, b) => scores[b]! - scores[a]! || a - b);
}
