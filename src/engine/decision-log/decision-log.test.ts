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

test("when the hash is asked for changes nothing, across the borders of its chunks", () => {
  const hashOf = (askEvery: number) => {
    const log = new DecisionLog();
    const { signal, order } = eventCode;
    for (let slice = 1; slice <= 140_000; slice++) {
      if (slice % 997 === 0) log.events.add(slice, 0, signal, slice, 1, 2, `reason ${slice % 5}`);
      if (slice % 1009 === 0) log.events.add(slice, 0, order, slice, 1, 2, `order ${slice % 3}`);
      log.record(slice, 100 + (slice % 7), false);
      if (slice % askEvery === 0) log.hash();
    }
    return log.hash();
  };
  const atTheEnd = hashOf(Number.POSITIVE_INFINITY);
  expect(atTheEnd).toBe("eb8c57580340e29db9354f57743998eaa4620c8c7bf4403e0f1fe2439f13e702");
  expect(hashOf(3_001)).toBe(atTheEnd);
  expect(hashOf(65_536)).toBe(atTheEnd);
});
