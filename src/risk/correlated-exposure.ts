import { float, int } from "../domain/params.ts";
import { JointReturns } from "./joint-returns.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve, type RiskContext } from "../ports/risk.ts";
import { fits } from "./fits.ts";

/**
 * Ten coins that rise and fall together are one position, and are limited as one. What moves with the symbol of an order
 * is added to it, what moves against it, or is held the other way, is taken off.
 */
export const correlatedExposure = definePlugin({
  kind: "risk",
  name: "correlated-exposure",
  summary: "Trims an order that would make positions that move together larger than a share of equity.",
  options: {
    limit: float(0.75, { min: 0, max: 5 }, "largest value of positions that move together, share of equity"),
    threshold: float(0.7, { min: 0, max: 1 }, "correlation of returns from which on two symbols are one"),
    window: int(100, { min: 10, max: 2_000 }, "instants of the past that the correlation is taken over"),
  },
  create({ limit, threshold, window }, { market }) {
    const returns = new JointReturns(market.bars, window);
    return {
      observe(slice) {
        returns.add(slice);
        return { kind: "clear" };
      },
      check({ quantity, instrument }, context) {
        const { portfolio, price, quantityAfter } = context;
        const unit = portfolio.unitValue(instrument, price);
        const side = Math.sign(quantityAfter);
        // Until a few instants are known nobody can say what moves together, and each stands for itself.
        const beside = returns.count < window / 2 ? 0 : side * alike(context, returns, threshold);
        const together = Math.abs(quantityAfter) * unit + Math.max(0, beside);
        const value = together / portfolio.equity;
        if (portfolio.equity > 0 && fits(value, limit)) return approve;
        const quantityMax = quantity - (together - limit * Math.max(0, portfolio.equity)) / unit;
        const reason = "positions that move together would be too large";
        return { kind: "refuse", reason, limit, value, quantityMax };
      },
    };
  },
});

/** Signed value of everything else that moves with the symbol of an order, or against it. */
function alike(context: RiskContext, returns: JointReturns, threshold: number): number {
  const { portfolio, instrument } = context;
  let sum = 0;
  for (const index of context.inPlay()) {
    if (index === instrument.index) continue;
    const quantity = context.quantityAfterOf(index);
    if (quantity === 0) continue;
    const correlation = returns.correlation(instrument.index, index);
    if (!(Math.abs(correlation) >= threshold)) continue;
    sum +=
      Math.sign(correlation) * quantity * portfolio.unitValue(index, portfolio.position(index).lastPrice);
  }
  return sum;
}
