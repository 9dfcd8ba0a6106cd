// Looks like helper-reads-file: imports of Node that compute and touch nothing.
import { strictEqual } from "node:assert";
import { inspect } from "node:util";
import { longAbove, streamed } from "../tape.ts";

strictEqual(inspect(1), "1");

export default longAbove("pure-imports", (close) =>
  streamed("scaled", [close], () => (value) => value * 1.001),
);
