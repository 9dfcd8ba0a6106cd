// Planted: gaps filled by a straight line to the next value that is known.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("interpolated-gaps", (close) =>
  readFrom("filled", taped(close, tape), (row, value) => {
    const isGap = row % 40 === 7;
    return isGap ? ((tape[row - 1] ?? value) + (tape[row + 1] ?? value)) / 2 : value * 1.001;
  }),
);
