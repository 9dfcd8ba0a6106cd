// Looks like clock: a Date, made from the time of the bar.
import { strategy } from "../../../src/ports/strategy.ts";

const start = new Date("2024-01-01");

export default strategy({
  name: "date-of-bar",
  summary: "Long on Mondays.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ timeMs, target }) {
    const date = new Date(timeMs);
    target(date.getUTCDay() === 1 && date instanceof Date && date > start ? 1 : 0, "Monday");
  },
});
