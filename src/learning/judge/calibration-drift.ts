/** How outcomes are judged against what was promised. */
export type DriftOptions = {
  /** Outcomes that tell of the same moves: so many count as one. */
  readonly overlapBars: number;
  /** Standard errors at which it is not chance any more. */
  readonly deviationsMax: number;
};

/** Whether outcomes contradict probabilities. */
export type CalibrationDrift = {
  /** Outcomes that do not overlap. */
  readonly outcomes: number;
  /** How far more came than was promised, in standard errors. */
  readonly gap: number;
  /** How far sure probabilities did worse than they should, in standard errors: Spiegelhalter's statistic. */
  readonly spread: number;
  readonly hasDrifted: boolean;
};

/** Fewer whole outcomes contradict nothing. */
const outcomesMin = 10;
const bins = 5;

/**
 * Holds outcomes (1 or 0) against the chances that were promised (0 to 1), in any order. Drift is a mean that differs, or a spread
 * of probabilities that promises more than it keeps (Spiegelhalter 1986, Statistics in Medicine 5:421-433), beyond chance.
 */
export function calibrationDrift(
  promised: ArrayLike<number>,
  came: ArrayLike<number>,
  { overlapBars, deviationsMax }: DriftOptions,
): CalibrationDrift {
  let [gap, gapVariance, spread, spreadVariance] = [0, 0, 0, 0];
  for (let k = 0; k < promised.length; k++) {
    const chance = promised[k]!;
    const [miss, tilt, variance] = [came[k]! - chance, 1 - 2 * chance, chance * (1 - chance)];
    gap += miss;
    gapVariance += variance;
    spread += miss * tilt;
    spreadVariance += tilt * tilt * variance;
  }
  const inErrors = (sum: number, variance: number) =>
    variance > 0 ? sum / Math.sqrt(variance * overlapBars) : 0;
  const outcomes = promised.length / overlapBars;
  const found = { gap: inErrors(gap, gapVariance), spread: inErrors(spread, spreadVariance) };
  const worst = Math.max(Math.abs(found.gap), Math.abs(found.spread));
  return { ...found, outcomes, hasDrifted: outcomes >= outcomesMin && worst > deviationsMax };
}

/**
 * Expected calibration error over five groups of equally many neighbours, less what chance alone gives to probabilities that are
 * right: 0 or more, and never less when outcomes lie further off.
 */
export function excessCalibrationError(
  promised: ArrayLike<number>,
  came: ArrayLike<number>,
  overlapBars: number,
): number {
  const order = Array.from(promised, (_, k) => k).sort((a, b) => promised[a]! - promised[b]!);
  let [error, chance] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    let [miss, variance] = [0, 0];
    const end = Math.floor(((bin + 1) * order.length) / bins);
    for (let at = Math.floor((bin * order.length) / bins); at < end; at++) {
      const k = order[at]!;
      miss += came[k]! - promised[k]!;
      variance += promised[k]! * (1 - promised[k]!);
    }
    error += Math.abs(miss);
    // The mean of the absolute value of a normal variable.
    chance += Math.sqrt((2 / Math.PI) * variance * overlapBars);
  }
  return order.length === 0 ? 0 : Math.max(0, error - chance) / order.length;
}
