// Looks like clock: the hour of the bar, from its own time.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "time-of-day",
  summary: "Long in the morning.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ timeMs, target }) {
    const hour = Math.floor(timeMs / 3_600_000) % 24;
    if (hour === 6) target(1, "morning");
    if (hour === 12) target(0, "noon");
  },
});
