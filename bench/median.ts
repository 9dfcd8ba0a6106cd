/** Runs `work` a few times after warming up and returns the median of its wall times in milliseconds. */
export function medianMs(work: () => void, runs = 9, warmups = 4): number {
  for (let k = 0; k < warmups; k++) work();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[runs >> 1]!;
}
