import { int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";
import { ApprovedNow } from "./approved-now.ts";

/** Only so many symbols are held at once. */
export const openPositions = definePlugin({
  kind: "risk",
  name: "open-positions",
  summary: "Refuses an order that would open a position in one symbol more than allowed.",
  options: {
    limit: int(10, { min: 0, max: 100 }, "largest number of symbols held at once"),
  },
  create({ limit }, { market }) {
    const approved = new ApprovedNow();
    return {
      check(_order, { portfolio, instrument, timeMs }) {
        const opening = approved.at(timeMs);
        let value = 1;
        for (const { index } of market.instruments) {
          if (index === instrument.index) continue;
          if (opening.has(index) || portfolio.position(index).quantity !== 0) value += 1;
        }
        if (value > limit) return { kind: "refuse", reason: "too many positions are open", limit, value };
        approved.note(timeMs, instrument.index, 1);
        return approve;
      },
    };
  },
});
