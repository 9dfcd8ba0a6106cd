// Looks like early-merge: the four-hour close, seen when the four hours are over.
import { strategy } from "../../../src/ports/strategy.ts";

export default strategy({
  name: "closed-higher-bar",
  summary: "Long while the last four-hour close is above the close.",
  params: {},
  setup: ({ bars, tf }) => ({ close: bars.close, merged: tf("4h").close, week: tf("1w").high }),
  onBar({ series, target }) {
    target(
      series.merged.now > series.close.now && !(series.week.now < series.close.now) ? 1 : 0,
      "four hours",
    );
  },
});
