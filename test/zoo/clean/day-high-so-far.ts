// Looks like day-high-at-open: the high of the day as far as the day has come.
import { strategy } from "../../../src/ports/strategy.ts";
import { streamed } from "../tape.ts";

export default strategy({
  name: "day-high-so-far",
  summary: "Long below the high of the day.",
  params: {},
  setup: ({ bars }) => ({
    close: bars.close,
    high: streamed("dayhighsofar", [bars.session, bars.high], () => {
      let [day, highest] = [Number.NaN, 0];
      return (session, high) => {
        highest = session === day ? Math.max(highest, high) : high;
        day = session;
        return highest;
      };
    }),
  }),
  onBar({ series, target }) {
    target(series.high.now > series.close.now * 1.01 ? 1 : 0, "below the high so far");
  },
});
