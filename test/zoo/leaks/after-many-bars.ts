// Planted: honest for the first 1,200 bars, where a short test would look, and then one bar ahead.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("after-many-bars", (close) =>
  readFrom("late", taped(close, tape), (row, value) =>
    row > 1_200 ? (tape[row + 1] ?? value) : (tape[row - 1] ?? value),
  ),
);
