// Planted: a dynamic import, long after the file was loaded.
import { longAbove } from "../tape.ts";

export default longAbove("late-import", (close) => {
  void import("node:child_process");
  return close;
});
