// Looks like interpolated-gaps: gaps filled with the last value before them.
import { longAbove, streamed } from "../tape.ts";

export default longAbove("carried-gaps", (close) =>
  streamed("carried", [close], () => {
    let [row, last] = [-1, 0];
    return (value) => {
      row += 1;
      if (row % 40 !== 7) last = value;
      return last * 1.001;
    };
  }),
);
