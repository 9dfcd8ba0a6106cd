// Planted: a four-hour close merged back on the hours that it is made of (freqtrade #11346), without waiting for it.
import { strategy } from "../../../src/ports/strategy.ts";
import { readFrom, streamed } from "../tape.ts";

const closeOf = new Map<number, number>();
const bucketOf = (timeMs: number) => Math.ceil(timeMs / 14_400_000);

export default strategy({
  name: "early-merge",
  summary: "Long while the four-hour close is above the close.",
  params: {},
  setup: ({ bars }) => {
    const bucket = streamed("bucket", [bars.time, bars.close], () => {
      closeOf.clear();
      return (timeMs, close) => {
        closeOf.set(bucketOf(timeMs), close);
        return bucketOf(timeMs);
      };
    });
    return { close: bars.close, merged: readFrom("merged", bucket, (_, key) => closeOf.get(key)!) };
  },
  onBar({ series, target }) {
    target(series.merged.now > series.close.now ? 1 : 0, "four-hour close");
  },
});
