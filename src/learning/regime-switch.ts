import { KiwiError } from "../base/errors.ts";
import { regimeLabels, type RegimeLabel } from "../domain/regime.ts";

/** How sure a detector must be before it changes its mind. */
export type RegimeSwitchOptions = {
  /** Least probability of a new regime; 0.8 by default. */
  readonly threshold?: number;
  /**
   * By how much the new regime must be likelier than the present one; 0.1 by default. It decides where the threshold
   * leaves room for two: below (1 + margin) / 2.
   */
  readonly margin?: number;
  /** Bars that a regime is kept at least; 3 by default. */
  readonly dwellBarsMin?: number;
};

const unknown = regimeLabels.indexOf("unknown");

/**
 * Turns probabilities into one regime that does not flicker: a regime changes when another one is likely enough,
 * clearly likelier than the present one, and the present one has had its time. Leaving `unknown` needs no waiting.
 * Where the probabilities are not numbers, the regime is `unknown` at once.
 */
export class RegimeSwitch {
  /** Bars since the present regime began, the first one included. */
  dwellBars = 0;
  private readonly threshold: number;
  private readonly margin: number;
  private readonly dwellBarsMin: number;
  private present = unknown;

  /** Throws `REGIME_SWITCH_INVALID` on a share outside 0 to 1 or a dwell that is no whole number. */
  constructor({ threshold = 0.8, margin = 0.1, dwellBarsMin = 3 }: RegimeSwitchOptions = {}) {
    if (!(threshold >= 0 && threshold <= 1)) throw invalid("threshold", "from 0 to 1");
    if (!(margin >= 0 && margin <= 1)) throw invalid("margin", "from 0 to 1");
    if (!(Number.isInteger(dwellBarsMin) && dwellBarsMin >= 0)) {
      throw invalid("dwellBarsMin", "a whole number from 0 up");
    }
    this.threshold = threshold;
    this.margin = margin;
    this.dwellBarsMin = dwellBarsMin;
  }

  /** The present regime. */
  get label(): RegimeLabel {
    return regimeLabels[this.present]!;
  }

  /** Takes the probabilities of the labels at the next bar, in the order of `regimeLabels`; returns the regime. */
  step(probabilities: Float64Array): RegimeLabel {
    this.dwellBars += 1;
    const next = this.nextOf(probabilities);
    if (next !== this.present) {
      this.present = next;
      this.dwellBars = 1;
    }
    return this.label;
  }

  private nextOf(probabilities: Float64Array): number {
    const { present } = this;
    let likeliest = present;
    for (let k = 0; k < regimeLabels.length; k++) {
      if (!Number.isFinite(probabilities[k]!)) return unknown;
      if (probabilities[k]! > probabilities[likeliest]!) likeliest = k;
    }
    const share = probabilities[likeliest]!;
    const isClear = share >= this.threshold && share >= probabilities[present]! + this.margin;
    const mayLeave = present === unknown || this.dwellBars > this.dwellBarsMin;
    return isClear && mayLeave ? likeliest : present;
  }

  /** Back to the beginning: `unknown`. */
  reset(): void {
    this.present = unknown;
    this.dwellBars = 0;
  }
}

function invalid(name: string, wanted: string): KiwiError {
  return new KiwiError({
    code: "REGIME_SWITCH_INVALID",
    exit: "config",
    message: `the option "${name}" of the regime switch is out of range`,
    why: `it must be ${wanted}`,
    fix: `set ${name} to ${wanted}`,
    topic: "config",
  });
}
