// Planted: a z-score with the mean and the deviation of the whole sample.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("whole-sample-z-score", (close) =>
  readFrom("scaled", taped(close, tape), (_, value) => {
    const mean = tape.reduce((sum, one) => sum + one, 0) / tape.length;
    const variance = tape.reduce((sum, one) => sum + (one - mean) ** 2, 0) / tape.length;
    return value - ((value - mean) / Math.sqrt(variance + 1)) * 3;
  }),
);
