import { int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { approve } from "../ports/risk.ts";

/** A robot that sends without end is broken. Every order counts that was let through, those that close as well. */
export const orderRate = definePlugin({
  kind: "risk",
  name: "order-rate",
  summary: "Refuses an order when too many have gone within a span of time.",
  options: {
    limit: int(60, { min: 0, max: 100_000 }, "largest number of orders within the span"),
    spanMs: int(60_000, { min: 1, max: 86_400_000 }, "the span in milliseconds; it slides"),
  },
  create({ limit, spanMs }) {
    // The times of the last orders, in a ring: the oldest of `limit` orders says whether another one fits. Each that goes
    // at this very instant takes the place of one more.
    const times = new Float64Array(limit).fill(-Infinity);
    let next = 0;
    return {
      check(_order, { timeMs, ordersBefore }) {
        const isRoom = ordersBefore < limit && timeMs - times[(next + ordersBefore) % limit]! >= spanMs;
        if (isRoom) return approve;
        let value = 1 + ordersBefore;
        for (const sentMs of times) if (timeMs - sentMs < spanMs) value += 1;
        return { kind: "refuse", reason: "too many orders in a short time", limit, value };
      },
      passed(_order, timeMs) {
        if (limit === 0) return;
        times[next] = timeMs;
        next = (next + 1) % limit;
      },
    };
  },
});
