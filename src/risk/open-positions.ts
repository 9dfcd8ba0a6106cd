import { int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";

/** Only so many symbols are held at once. */
export const openPositions = definePlugin({
  kind: "risk",
  name: "open-positions",
  summary: "Refuses an order that would open a position in one symbol more than allowed.",
  options: {
    limit: int(10, { min: 0, max: 100 }, "largest number of symbols held at once"),
  },
  create({ limit }) {
    return {
      check(_order, context) {
        let value = 1;
        for (const other of context.inPlay()) {
          if (other !== context.instrument.index && context.quantityAfterOf(other) !== 0) value += 1;
        }
        return value <= limit
          ? approve
          : { kind: "refuse", reason: "too many positions are open", limit, value };
      },
    };
  },
});
