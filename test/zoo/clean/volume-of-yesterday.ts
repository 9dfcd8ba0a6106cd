// Looks like day-volume-early: the volume of the day before, known when the day begins.
import { strategy } from "../../../src/ports/strategy.ts";
import { streamed } from "../tape.ts";

export default strategy({
  name: "volume-of-yesterday",
  summary: "Long after busy days.",
  params: {},
  setup: ({ bars }) => ({
    volume: streamed("yesterday", [bars.session, bars.volume], () => {
      let [day, today, yesterday] = [Number.NaN, 0, Number.NaN];
      return (session, volume) => {
        if (session !== day) [yesterday, today, day] = [today, 0, session];
        today += volume;
        return yesterday;
      };
    }),
  }),
  onBar({ series, target }) {
    target(series.volume.now > 1_000_000 ? 1 : 0, "after a busy day");
  },
});
