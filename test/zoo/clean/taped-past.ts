// Looks like next-close: an array captured while columns are folded, of which only the past is read.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("taped-past", (close) =>
  readFrom("before", taped(close, tape), (row, value) => tape[row - 1] ?? value),
);
