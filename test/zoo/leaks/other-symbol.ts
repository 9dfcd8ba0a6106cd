// Planted: the closes of another symbol, written down by its own fold and read ahead of time.
import { strategy } from "../../../src/ports/strategy.ts";
import { readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default strategy({
  name: "other-symbol",
  summary: "Follows where SYN2 goes next.",
  params: {},
  setup: ({ symbol }) => ({
    ahead: readFrom("ahead", taped(symbol("SYN2").close, tape), (row) => tape[row + 1] ?? 0),
  }),
  onBar({ series, target }) {
    target(series.ahead.now > series.ahead.prev ? 1 : 0, "SYN2 goes there");
  },
});
