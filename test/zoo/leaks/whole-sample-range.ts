// Planted: prices scaled to 0..1 by the lowest and the highest of the whole sample.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];
let size = 0;
let middle = 0;

export default longAbove("whole-sample-range", (close) =>
  readFrom("middle", taped(close, tape), () => {
    if (tape.length !== size) {
      size = tape.length;
      middle = (tape.reduce((a, b) => Math.min(a, b)) + tape.reduce((a, b) => Math.max(a, b))) / 2;
    }
    return middle;
  }),
);
