import { prediction } from "../domain/external-series.ts";
import { bool, int, text } from "../domain/params.ts";
import { strategy } from "../ports/strategy.ts";

/**
 * Follows every call of a model, however unsure, for as long as the model looks ahead: what its calls are worth after costs. The
 * share of equity is the mean of the calls in force, as overlapping holdings are measured (Jegadeesh and Titman 1993).
 */
export const everyCall = strategy({
  name: "every-call",
  summary:
    "Holds every call of a trained model for its horizon, sure or not: a measure of a model, no way to trade.",
  params: {
    model: text("direction", "name of the model, as in kiwi model list"),
    horizonBars: int(24, { min: 1, max: 1000 }, "bars that the model looks ahead"),
    short: bool(false, "hold short where the model expects a fall"),
  },
  setup({ p }) {
    return { probability: prediction(p.model).probability };
  },
  onBar({ series, p, position, target }) {
    const down = p.short ? -1 : 0;
    let sum = 0;
    for (let ago = 0; ago < p.horizonBars; ago++) {
      const said = series.probability.ago(ago);
      if (said > 0.5) sum += 1;
      else if (said < 0.5) sum += down;
    }
    const share = sum / p.horizonBars;
    if (share !== 0 || position.quantity !== 0)
      target(share, `mean of the calls of the last ${p.horizonBars} bars`);
  },
});
