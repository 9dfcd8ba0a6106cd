// Planted: the rank of the close among all closes, those to come included.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("whole-sample-rank", (close) =>
  readFrom("rank", taped(close, tape), (_, value) => {
    const below = tape.filter((other) => other < value).length;
    return value * (1.5 - below / tape.length);
  }),
);
