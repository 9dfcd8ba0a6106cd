// Looks like backfilled-start: what is missing during the warm-up stays missing.
import { longAbove, streamed } from "../tape.ts";

export default longAbove("missing-start", (close) =>
  streamed("missing", [close], () => {
    let row = -1;
    return (value) => {
      row += 1;
      return row < 50 ? Number.NaN : value * (row % 2 === 0 ? 1.01 : 0.99);
    };
  }),
);
