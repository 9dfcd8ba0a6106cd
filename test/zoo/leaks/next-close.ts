// Planted: the close of the next bar, shift(-1), out of an array that was captured while the columns were folded.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("next-close", (close) =>
  readFrom("next", taped(close, tape), (row, value) => tape[row + 1] ?? value),
);
