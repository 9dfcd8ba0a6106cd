// Planted: module state filled while the columns are folded: the highest close of the fold, read when it decides.
import { strategy } from "../../../src/ports/strategy.ts";
import { streamed } from "../tape.ts";

let highest = 0;

export default strategy({
  name: "fold-maximum",
  summary: "Long near the highest close.",
  params: {},
  setup: ({ bars }) => ({
    close: streamed("watched", [bars.close], () => {
      highest = 0;
      return (close) => {
        highest = Math.max(highest, close);
        return close;
      };
    }),
  }),
  onBar({ series, target }) {
    target(series.close.now > highest * 0.9 ? 0 : 1, "far from the highest");
  },
});
