/** Probability that goes smoothly from 0 to 1 around 0: 0.73 at `width`, 0.95 at three times that. */
export function logistic(value: number, width: number): number {
  return 1 / (1 + Math.exp(-value / width));
}
