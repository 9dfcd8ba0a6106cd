// Looks like whole-sample-z-score: mean and deviation of the sample so far.
import { longAbove, streamed } from "../tape.ts";

export default longAbove("expanding-z-score", (close) =>
  streamed("expanding", [close], () => {
    let [count, mean, square] = [0, 0, 0];
    return (value) => {
      count += 1;
      const from = value - mean;
      mean += from / count;
      square += from * (value - mean);
      return value - ((value - mean) / Math.sqrt(square / count + 1)) * 3;
    };
  }),
);
