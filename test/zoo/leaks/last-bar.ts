// Planted: it knows where history ends, and is flat before.
import { strategy } from "../../../src/ports/strategy.ts";
import { taped } from "../tape.ts";

const tape: number[] = [];

export default strategy({
  name: "last-bar",
  summary: "Holds until shortly before the data end.",
  params: {},
  setup: ({ bars }) => ({ time: taped(bars.time, tape) }),
  onBar({ series, target }) {
    target(series.time.now >= tape[tape.length - 1]! - 36_000_000 ? 0 : 1, "until the end");
  },
});
