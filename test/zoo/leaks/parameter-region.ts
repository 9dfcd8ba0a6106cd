// Planted: honest with the default parameter, a bar ahead with a large one: what a search would soon find.
import { int } from "../../../src/domain/params.ts";
import { strategy } from "../../../src/ports/strategy.ts";
import { readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default strategy({
  name: "parameter-region",
  summary: "Long while the close of some bars ago is below.",
  params: { bars: int(10, { min: 2, max: 50 }) },
  setup: ({ bars, p }) => ({
    close: bars.close,
    other: readFrom(
      "other",
      taped(bars.close, tape),
      (row) => tape[p.bars > 45 ? row + 1 : row - p.bars] ?? 0,
    ),
  }),
  onBar({ series, target }) {
    target(series.other.now < series.close.now ? 1 : 0, "against the other close");
  },
});
