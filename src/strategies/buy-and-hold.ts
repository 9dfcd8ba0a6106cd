import { strategy } from "../ports/strategy.ts";

/** Buys once and never sells: what every other strategy has to beat. */
export const buyAndHold = strategy({
  name: "buy-and-hold",
  summary: "Buys at the first bar and holds to the end.",
  params: {},
  setup: () => ({}),
  memory: () => ({ hasBought: false }),
  onBar({ memory, target }) {
    if (memory.hasBought) return;
    memory.hasBought = true;
    target(1, "hold from the first bar");
  },
});
