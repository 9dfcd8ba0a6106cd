import { apply, type Expr } from "../domain/expression.ts";
import type { IndicatorDefinition } from "../domain/indicator.ts";
import { float, int, type Params, type ParamValues } from "../domain/params.ts";
import { regimeLabels } from "../domain/regime.ts";
import { RegimeSwitch } from "../learning/regime-switch.ts";
import type { RegimeSeries } from "../ports/regime.ts";

/** The outputs of an indicator that tells the regime, in this order. */
export const regimeOutputs = [...regimeLabels, "label", "dwell", "expectedDwell"] as const;
const [labelOutput, dwellOutput, expectedDwellOutput] = [5, 6, 7] as const;
const unknown = regimeLabels.indexOf("unknown");

/**
 * Turns an indicator with `regimeOutputs` into what a detector returns. A detector is one indicator, folded like
 * every other column, so that it can see no more of the future than they can.
 */
export function regimeSeries<P extends Params>(
  definition: IndicatorDefinition<P>,
  inputs: readonly Expr[],
  params: ParamValues<P>,
): RegimeSeries {
  const output = (index: number) => apply(definition, inputs, params, index);
  return {
    posterior: {
      "trend-up": output(0),
      "trend-down": output(1),
      sideways: output(2),
      volatile: output(3),
      unknown: output(4),
    },
    label: output(labelOutput),
    dwell: output(dwellOutput),
    expectedDwell: output(expectedDwellOutput),
  };
}

/** The options of every detector that say when the regime in force changes. */
export function switchParams(threshold: number, margin: number, dwellBarsMin: number) {
  return {
    threshold: float(threshold, { min: 0, max: 1, step: 0.05 }, "least probability of a new regime"),
    margin: float(margin, { min: 0, max: 1, step: 0.05 }, "lead of a new regime over the present one"),
    dwellBarsMin: int(dwellBarsMin, { min: 0, max: 10_000 }, "bars that a regime is kept at least"),
  };
}

/** Writes the outputs of one bar: the probabilities as they are, and the regime in force, which does not flicker. */
export class RegimeWriter {
  private readonly out: Float64Array;
  private readonly regime: RegimeSwitch;
  private readonly undecided = new Float64Array(regimeLabels.length);

  constructor(
    out: Float64Array,
    options: { readonly threshold: number; readonly margin: number; readonly dwellBarsMin: number },
  ) {
    this.out = out;
    this.regime = new RegimeSwitch(options);
    this.undecided[unknown] = 1;
  }

  /**
   * Takes the probabilities in the order of `regimeLabels`, and how many bars each regime is expected to last, where
   * that is known. Returns output 0.
   */
  write(probabilities: Float64Array, expectedDwellBars?: Float64Array): number {
    const { out, regime } = this;
    const label = regimeLabels.indexOf(regime.step(probabilities));
    out.set(probabilities);
    out[labelOutput] = label;
    out[dwellOutput] = regime.dwellBars - 1;
    out[expectedDwellOutput] = expectedDwellBars === undefined ? Number.NaN : expectedDwellBars[label]!;
    return out[0]!;
  }

  /** The bar says nothing. */
  writeUnknown(): number {
    return this.write(this.undecided);
  }
}
