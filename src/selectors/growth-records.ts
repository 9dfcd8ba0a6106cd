import { regimeLabels } from "../domain/regime.ts";
import type { Candidate, PerformanceView, RegimeView } from "../ports/selector.ts";
import { weighEvidence, type EdgePrior } from "./weigh-evidence.ts";

/** Places of a stretch of bars in a record: how many bars, growth of one of them, standard deviation of its return. */
const [barsAt, growthAt, deviationAt] = [0, 1, 2];
const width = 3;

/**
 * What a strategy has earned, as numbers that can be compared: over all of its bars first, then in each regime that the
 * present one may be. Written anew for every decision; a decision compares every strategy with the same one.
 */
export class GrowthRecord {
  private readonly numbers = new Float64Array((1 + regimeLabels.length) * width);

  /** Takes over what a strategy has earned; null stands for holding nothing: nothing gained, nothing risked. */
  read(one: Candidate | null, { posterior }: RegimeView): void {
    if (one === null) {
      this.numbers.fill(0);
      for (let at = 0; at < this.numbers.length; at += width) this.numbers[at + barsAt] = Infinity;
      return;
    }
    this.write(0, one.overall);
    const { byRegime } = one;
    // Written out, in the order of `regimeLabels`: V8 reads what a loop names by its label several times slower.
    if (posterior["trend-up"] !== 0) this.write(1, byRegime["trend-up"]);
    if (posterior["trend-down"] !== 0) this.write(2, byRegime["trend-down"]);
    if (posterior.sideways !== 0) this.write(3, byRegime.sideways);
    if (posterior.volatile !== 0) this.write(4, byRegime.volatile);
    if (posterior.unknown !== 0) this.write(5, byRegime.unknown);
  }

  /**
   * Growth per bar beyond that of `base`, as far as it is proved: overall, and around that in each regime, weighted with its
   * probability, which stand in the order of `regimeLabels`.
   */
  beyond(base: GrowthRecord, probabilities: Float64Array, prior: EdgePrior): number {
    const overall = this.difference(base, 0, 0, prior);
    let sum = 0;
    for (let k = 0; k < probabilities.length; k++) {
      const probability = probabilities[k]!;
      if (probability !== 0) sum += probability * this.difference(base, k + 1, overall, prior);
    }
    return sum;
  }

  private write(place: number, { bars, mean, deviation }: PerformanceView): void {
    const at = place * width;
    this.numbers[at + barsAt] = bars;
    this.numbers[at + growthAt] = mean - deviation ** 2 / 2;
    this.numbers[at + deviationAt] = deviation;
  }

  private difference(
    { numbers: base }: GrowthRecord,
    place: number,
    center: number,
    prior: EdgePrior,
  ): number {
    const { numbers } = this;
    const at = place * width;
    return weighEvidence(
      Math.min(numbers[at + barsAt]!, base[at + barsAt]!),
      numbers[at + growthAt]! - base[at + growthAt]!,
      // Two strategies may share their risks; taking them for independent errs on the side of doubt.
      hypotenuse(numbers[at + deviationAt]!, base[at + deviationAt]!),
      center,
      prior,
    );
  }
}

/**
 * `Math.hypot` of two numbers that are 0, positive or NaN, to the last bit.
 * V8's own takes any number of them, compensates their sum, which of two has no error yet, and is many times slower.
 */
function hypotenuse(a: number, b: number): number {
  const most = Math.max(a, b);
  if (!(most > 0)) return most;
  const x = a / most;
  const y = b / most;
  return Math.sqrt(x * x + y * y) * most;
}
