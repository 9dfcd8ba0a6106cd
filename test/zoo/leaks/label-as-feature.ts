// Planted: the label, the return over the next five bars, used as a feature.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("label-as-feature", (close) =>
  readFrom("label", taped(close, tape), (row, value) => value * ((tape[row + 5] ?? value) / value)),
);
