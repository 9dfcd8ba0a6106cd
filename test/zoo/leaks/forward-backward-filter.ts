// Planted: a filter run forward and then backward (filtfilt): no delay, because it has seen what comes.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("forward-backward-filter", (close) =>
  readFrom("filtered", taped(close, tape), (row) => {
    let backward = tape[Math.min(tape.length - 1, row + 20)]!;
    for (let k = Math.min(tape.length - 1, row + 20); k >= row; k--) backward += 0.2 * (tape[k]! - backward);
    return backward;
  }),
);
