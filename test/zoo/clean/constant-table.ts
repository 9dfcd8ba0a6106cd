// Looks like fitted-scaler: numbers in the code, where everybody can read them.
import { strategy } from "../../../src/ports/strategy.ts";

const weightByHour = [
  0, 0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0, 0,
];

export default strategy({
  name: "constant-table",
  summary: "Weighs the hours.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ timeMs, target }) {
    target(weightByHour[Math.floor(timeMs / 3_600_000) % 24]!, "table of hours");
  },
});
