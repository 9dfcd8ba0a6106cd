/** No transition gets a smaller probability than this: what never happened before must stay possible in the filter. */
export const shareMin = 1e-8;

/**
 * Turns counts into probabilities, in place of `count` numbers of `into` from `at`: the most likely ones of which
 * none is below `shareMin`. Counts that add up to nothing leave what was there.
 */
export function flooredShares(counts: Float64Array, into: Float64Array, at: number, count: number): void {
  let total = 0;
  for (let k = at; k < at + count; k++) total += counts[k]!;
  if (!(total > 1e-200)) return;
  // Raising one share lowers the others, which may fall below the floor in turn; each round raises at least one more.
  let raised = 0;
  let raisedCounts = 0;
  for (let rounds = 0; rounds <= count; rounds++) {
    const scale = (1 - raised * shareMin) / (total - raisedCounts);
    let [below, belowCounts] = [0, 0];
    for (let k = at; k < at + count; k++) {
      const share = counts[k]! * scale;
      const isBelow = share < shareMin;
      into[k] = isBelow ? shareMin : share;
      if (!isBelow) continue;
      below += 1;
      belowCounts += counts[k]!;
    }
    if (below === raised) return;
    raised = below;
    raisedCounts = belowCounts;
  }
}
