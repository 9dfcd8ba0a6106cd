// Freqtrade's false alarm #10380: decisions that look at the open position.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "open-position",
  summary: "Takes a profit of two percent.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close, open: bars.open }),
  onBar({ series, position, target }) {
    if (position.quantity === 0 && series.close.now < series.open.now) target(1, "dip");
    if (position.quantity > 0 && series.close.now > position.averagePrice * 1.02) target(0, "profit");
  },
});
