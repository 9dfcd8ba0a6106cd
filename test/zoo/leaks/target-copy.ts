// Planted: the training target itself, 1 when the next bar rises, left among the features.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("target-copy", (close) =>
  readFrom(
    "target",
    taped(close, tape),
    (row, value) => value * ((tape[row + 1] ?? value) > value ? 2 : 0.5),
  ),
);
