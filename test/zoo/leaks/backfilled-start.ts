// Planted: the missing values of the warm-up filled with the first one that comes after them.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("backfilled-start", (close) =>
  readFrom("backfilled", taped(close, tape), (row, value) => (row < 50 ? (tape[50] ?? Number.NaN) : value)),
);
