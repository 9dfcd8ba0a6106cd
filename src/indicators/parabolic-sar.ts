import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { float } from "../domain/params.ts";

export const parabolicSarIndicator = indicator({
  name: "parabolic-sar",
  summary:
    "Wilder's stop and reverse: a stop that follows the price faster the longer a trend makes new extremes.",
  formula:
    "sar[t] = sar[t-1] + factor * (extreme - sar[t-1]), never inside the two bars before; factor starts at `step` and grows by " +
    "`step` with each new extreme up to `stepMax`; when the bar passes the sar, the direction turns and the sar becomes the old " +
    "trend's extreme, outside the present and the previous bar; it starts at the second bar, up unless the low fell further than the high rose",
  source: "Wilder, New Concepts in Technical Trading Systems (1978)",
  inputs: ["high", "low"],
  outputs: ["sar", "direction"],
  params: {
    step: float(0.02, { min: 0.005, max: 0.1, step: 0.005 }, "growth of the acceleration factor"),
    stepMax: float(0.2, { min: 0.05, max: 0.5, step: 0.05 }, "largest acceleration factor"),
  },
  pane: "price",
  warmup: () => 1,
  // Any two starts meet after a few turns; by then 1998 of 2000 seeded random walks had met.
  settling: ({ step }) => Math.ceil(2.25 / step),
  create({ step, stepMax }, out) {
    const stop = new StopAndReverse(step, stepMax);
    return (high, low) => {
      const sar = stop.add(high, low);
      out[1] = Number.isNaN(sar) ? sar : stop.direction;
      return sar;
    };
  },
});

/** Wilder's stop and reverse: `sar` in price units and the `direction`, 1 up or -1 down. */
export function parabolicSar(bars: BarSeries, step = 0.02, stepMax = 0.2): { sar: Expr; direction: Expr } {
  const output = (index: number): Expr =>
    apply(parabolicSarIndicator, [bars.high, bars.low], { step, stepMax }, index);
  return { sar: output(0), direction: output(1) };
}

class StopAndReverse {
  direction = 0;
  private readonly step: number;
  private readonly stepMax: number;
  private factor: number;
  // Both are times `direction`, so that a downtrend is an uptrend of negative prices and one rule serves both.
  private sar = Number.NaN;
  private extreme = Number.NaN;
  private high1 = Number.NaN;
  private low1 = Number.NaN;
  private high2 = Number.NaN;
  private low2 = Number.NaN;

  constructor(step: number, stepMax: number) {
    this.step = step;
    this.stepMax = stepMax;
    this.factor = step;
  }

  add(high: number, low: number): number {
    if (this.direction === 0) this.start(high, low);
    else if (this.direction === 1) this.move(high, low, Math.min(this.low1, this.low2));
    else this.move(-low, -high, -Math.max(this.high1, this.high2));
    this.high2 = this.high1;
    this.low2 = this.low1;
    this.high1 = high;
    this.low1 = low;
    return this.direction * this.sar;
  }

  private start(high: number, low: number): void {
    const { high1, low1 } = this;
    if (Number.isNaN(high1)) return;
    const isFalling = low1 - low > high - high1;
    this.direction = isFalling ? -1 : 1;
    this.sar = isFalling ? -Math.max(high1, high) : Math.min(low1, low);
    this.extreme = isFalling ? -Math.min(low1, low) : Math.max(high1, high);
  }

  private move(top: number, bottom: number, bottomOfTwoBefore: number): void {
    const moved = Math.min(this.sar + this.factor * (this.extreme - this.sar), bottomOfTwoBefore);
    if (bottom < moved) {
      this.direction = -this.direction;
      this.sar = -Math.max(this.extreme, top);
      this.extreme = -bottom;
      this.factor = this.step;
      return;
    }
    this.sar = moved;
    if (top <= this.extreme) return;
    this.extreme = top;
    this.factor = Math.min(this.factor + this.step, this.stepMax);
  }
}
