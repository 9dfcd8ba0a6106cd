import {
  conditionalValueAtRisk,
  forgettingConditionalValueAtRisk,
  forgettingValueAtRisk,
  normalConditionalValueAtRisk,
  normalValueAtRisk,
  valueAtRisk as historicalValueAtRisk,
} from "../analysis/statistics/value-at-risk.ts";
import { choice, float, int } from "../domain/params.ts";
import { signOf, type OrderRequest } from "../domain/order.ts";
import { JointReturns } from "./joint-returns.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve, type RiskContext } from "../ports/risk.ts";
import { fits } from "./fits.ts";
import { largestPart } from "./largest-part.ts";

/**
 * What all holdings together may lose in a bad spell, asked before an order goes. What is held and on its way is taken
 * through the last instants as they were, so that holdings that move against each other count as such. An order that
 * makes the figure smaller passes even above the limit.
 */
export const valueAtRisk = definePlugin({
  kind: "risk",
  name: "value-at-risk",
  summary: "Trims an order after which all positions together could lose more than a share of equity.",
  options: {
    limit: float(0.05, { min: 0, max: 1 }, "largest value at risk as a share of equity"),
    shortfallLimit: float(
      -1,
      { min: -1, max: 1 },
      "largest expected shortfall (CVaR), the mean loss beyond it, as a share of equity; -1 = any",
    ),
    method: choice(
      ["historical", "parametric", "ewma"],
      "past losses as they were, a normal distribution, or one that forgets",
    ),
    level: float(0.95, { min: 0.8, max: 0.995 }, "share of all spells that are better"),
    window: int(250, { min: 20, max: 2_000 }, "instants of the past that are looked at"),
    instantsMin: int(20, { min: 2, max: 2_000 }, "instants that must be known before anything is refused"),
    horizonBars: int(1, { min: 1, max: 500 }, "bars that the spell lasts; losses grow with its root"),
    decay: float(0.94, { min: 0.5, max: 0.999 }, "what a bar's weight falls by each bar (ewma alone)"),
  },
  create({ limit, shortfallLimit, method, level, window, instantsMin, horizonBars, decay }, { market }) {
    const returns = new JointReturns(market.bars, window);
    const tails = {
      historical: [historicalValueAtRisk, conditionalValueAtRisk],
      parametric: [normalValueAtRisk, normalConditionalValueAtRisk],
      ewma: [
        (made: Float64Array) => forgettingValueAtRisk(made, level, decay),
        (made: Float64Array) => forgettingConditionalValueAtRisk(made, level, decay),
      ],
    } as const;
    const [riskOf, shortfallOf] = tails[method];
    const scale = Math.sqrt(horizonBars);
    const limits = [
      { limit, of: riskOf, reason: "the value at risk would be too large" },
      { limit: shortfallLimit, of: shortfallOf, reason: "the expected shortfall would be too large" },
    ].filter((one) => one.limit >= 0);
    return {
      observe(slice) {
        returns.add(slice);
        return { kind: "clear" };
      },
      check(order, context) {
        if (returns.count < Math.min(instantsMin, window)) return approve;
        const { equity } = context.portfolio;
        const before = madeWithout(order, context, returns);
        for (const { limit: share, of, reason } of limits) {
          const lossWith = (part: number): number => {
            const made = before.slice();
            returns.addMade(made, order.instrument, part * valueOf(order, context));
            return (of(made, level) ?? Number.NaN) * scale;
          };
          const value = lossWith(1) / equity;
          // The tail of a short past holds no loss yet: nothing can be said.
          if (Number.isNaN(value) || (equity > 0 && fits(value, share))) continue;
          if (isHedge(order, context) && lossWith(1) < lossWith(0)) continue;
          const part = equity > 0 ? largestPart((some) => fits(lossWith(some) / equity, share)) : 0;
          return { kind: "refuse", reason, limit: share, value, quantityMax: part * order.quantity };
        }
        return approve;
      },
    };
  },
});

/** Opens or enlarges a position, and turns none around. */
function isHedge({ side, instrument }: OrderRequest, { portfolio }: RiskContext): boolean {
  return signOf(side) * portfolio.position(instrument).quantity >= 0;
}

/** Signed value of an order at the price that it would fill near. */
function valueOf({ side, quantity, instrument }: OrderRequest, { portfolio, price }: RiskContext): number {
  return signOf(side) * quantity * portfolio.unitValue(instrument, price);
}

/** What everything but the order would have made at each instant. */
function madeWithout(order: OrderRequest, context: RiskContext, returns: JointReturns): Float64Array {
  const { portfolio, price } = context;
  const made = new Float64Array(returns.count);
  for (const index of context.inPlay()) {
    const isOwn = index === order.instrument;
    const quantity = isOwn
      ? context.quantityAfter - signOf(order.side) * order.quantity
      : context.quantityAfterOf(index);
    if (quantity === 0) continue;
    const unit = portfolio.unitValue(index, isOwn ? price : portfolio.position(index).lastPrice);
    returns.addMade(made, index, quantity * unit);
  }
  return made;
}
