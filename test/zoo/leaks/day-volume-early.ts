// Planted: the volume of the whole present day, known before the day is over.
import { strategy } from "../../../src/ports/strategy.ts";
import { readFrom, streamed } from "../tape.ts";

const volumeOf = new Map<number, number>();

export default strategy({
  name: "day-volume-early",
  summary: "Long on busy days.",
  params: {},
  setup: ({ bars }) => {
    const day = streamed("summed", [bars.session, bars.volume], () => {
      volumeOf.clear();
      return (session, volume) => {
        volumeOf.set(session, (volumeOf.get(session) ?? 0) + volume);
        return session;
      };
    });
    return { volume: readFrom("dayvolume", day, (_, session) => volumeOf.get(session)!) };
  },
  onBar({ series, target }) {
    target(series.volume.now > 1_000_000 ? 1 : 0, "a busy day");
  },
});
