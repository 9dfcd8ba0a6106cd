// Planted: the high of the whole day, known from its first bar on.
import { strategy } from "../../../src/ports/strategy.ts";
import { readFrom, streamed } from "../tape.ts";

const highOf = new Map<number, number>();

export default strategy({
  name: "day-high-at-open",
  summary: "Long while the high of the day is far away.",
  params: {},
  setup: ({ bars }) => {
    const day = streamed("noted", [bars.session, bars.high], () => {
      highOf.clear();
      return (session, high) => {
        highOf.set(session, Math.max(highOf.get(session) ?? 0, high));
        return session;
      };
    });
    return { close: bars.close, high: readFrom("dayhigh", day, (_, session) => highOf.get(session)!) };
  },
  onBar({ series, target }) {
    target(series.high.now > series.close.now * 1.01 ? 1 : 0, "room to the high of the day");
  },
});
