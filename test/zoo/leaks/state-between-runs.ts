// Planted: prices kept from the run before; the second backtest of the same process knows them.
import { strategy } from "../../../src/ports/strategy.ts";

const known = new Map<number, number>();

export default strategy({
  name: "state-between-runs",
  summary: "Long when the next close, as it was in the run before, is higher.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ series, timeMs, target }) {
    known.set(timeMs, series.close.now);
    target((known.get(timeMs + 3_600_000) ?? 0) > series.close.now ? 1 : 0, "remembered");
  },
});
