// Planted: a moving average whose window is centred on the bar: half of it is the future.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];

export default longAbove("centred-mean", (close) =>
  readFrom("centred", taped(close, tape), (row) => {
    const window = tape.slice(Math.max(0, row - 5), row + 6);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  }),
);
