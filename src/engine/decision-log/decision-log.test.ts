import { expect, test } from "vitest";
import { DecisionLog } from "./decision-log.ts";
import { eventCode } from "./event-table.ts";

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

test("a hash that is asked for at every slice is the one that is asked for once, over chunk borders and events", () => {
  const told = (isAskedEarly: boolean): string => {
    const log = new DecisionLog();
    for (let minute = 1; minute <= 65_600; minute++) {
      if (minute % 500 === 0) log.events.add(minute, 0, eventCode.signal, 1, 2, 3, `reason ${minute % 3}`);
      if (minute % 700 === 0) log.events.add(minute, 0, eventCode.canceled, 1, 2, 3, `not hashed ${minute}`);
      log.record(minute, 100 + minute, false);
      if (isAskedEarly && (minute % 97 === 0 || minute % 500 < 2)) log.hash();
    }
    return log.hash();
  };
  expect(told(true)).toBe(told(false));
});
