import { expect, test } from "vitest";
import { DecisionLog } from "./decision-log.ts";

test("a log that is used again tells nothing of the run before", () => {
  const told = (log: DecisionLog) => {
    for (let hour = 1; hour <= 5; hour++) log.record(hour, 100 + hour, hour > 3);
    return [log.length, log.exposedSlices, log.lastTimeMs, log.hash()];
  };
  const log = new DecisionLog();
  const first = told(log);
  expect(first.slice(0, 3)).toEqual([5, 2, 5]);
  log.reset();
  expect([log.length, log.exposedSlices, log.lastTimeMs]).toEqual([0, 0, Number.NaN]);
  expect(told(log)).toEqual(first);
});
