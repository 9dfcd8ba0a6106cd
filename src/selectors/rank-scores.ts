/** Indices of the scored candidates, best first; NaN is not considered, and equal scores keep their order. */
export function rankScores(scores: Float64Array): readonly number[] {
  return [...scores.keys()]
    .filter((k) => !Number.isNaN(scores[k]!))
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
}
