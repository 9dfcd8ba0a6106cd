/** The largest part of an order, between none and all, that still passes; `passes` holds up to some part and not beyond. */
export function largestPart(passes: (part: number) => boolean): number {
  let [low, high] = [0, 1];
  // Twenty halvings find it to a millionth of the order.
  for (let turn = 0; turn < 20; turn++) {
    const middle = (low + high) / 2;
    if (passes(middle)) low = middle;
    else high = middle;
  }
  return low;
}
