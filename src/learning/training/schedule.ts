/** Share of the steps on which the rate rises, and what it begins and ends at, as parts of its peak. */
const [risingShare, startPart, endPart] = [0.3, 1 / 25, 1e-4] as const;

/** One cycle of the learning rate along two half cosines (Smith and Topin 2018, as PyTorch's OneCycleLR has it). */
export function oneCycleRate(step: number, steps: number, peak: number): number {
  const rising = Math.max(1, risingShare * steps - 1);
  const falling = Math.max(1, steps - 1 - rising);
  const between = (from: number, to: number, share: number) =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, share)));
  return step <= rising
    ? between(peak * startPart, peak, step / rising)
    : between(peak, peak * startPart * endPart, (step - rising) / falling);
}
