// Looks like whole-sample-range: lowest and highest so far.
import { longAbove, streamed } from "../tape.ts";

export default longAbove("expanding-range", (close) =>
  streamed("middle", [close], () => {
    let [low, high] = [Infinity, -Infinity];
    return (value) => {
      low = Math.min(low, value);
      high = Math.max(high, value);
      return (low + high) / 2;
    };
  }),
);
