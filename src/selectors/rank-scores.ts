/** Indices of the scored candidates, best first; NaN is not considered, and equal scores keep their order. */
export function rankScores(scores: Float64Array): readonly number[] {
  const order: number[] = [];
  for (let k = 0; k < scores.length; k++) {
    if (Number.isNaN(scores[k]!)) continue;
    // A handful on every bar: each finds its place at once.
    let place = order.length;
    for (; place > 0 && scores[order[place - 1]!]! < scores[k]!; place--) order[place] = order[place - 1]!;
    order[place] = k;
  }
  return order;
}
