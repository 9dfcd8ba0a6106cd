import { expect, test } from "vitest";
import { testInstrument } from "../../../test/plugin-tools.ts";
import { barsOf } from "../../domain/bars.ts";
import { conversionsFor } from "../../domain/currency.ts";
import { Ledger } from "../../domain/ledger.ts";
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

test("quiet rows leave the same log as rows one by one, across the border of a chunk as well", () => {
  const count = 70_000;
  const column = Float64Array.from({ length: count }, (_, k) => 100 + (k % 7));
  const closeTimeMs = Float64Array.from(column, (_, k) => (k + 1) * 3_600_000);
  const columns = { open: column, high: column, low: column, close: column, volume: column };
  const bars = barsOf("TEST", "1h", { closeTimeMs, ...columns });
  const instruments = [testInstrument()];
  const tell = (quantity: number, isQuiet: boolean): DecisionLog => {
    const ledger = new Ledger(1_000, instruments, conversionsFor(instruments, "USD"));
    ledger.quantity[0] = quantity;
    if (quantity !== 0) ledger.held.push(0);
    const log = new DecisionLog(16);
    const one = (row: number): void => {
      ledger.markAt(0, column[row]!);
      log.record(closeTimeMs[row]!, ledger.equity(), quantity !== 0);
    };
    one(0);
    if (isQuiet) log.recordQuiet(bars, 1, count - 1, ledger);
    else for (let row = 1; row < count - 1; row++) one(row);
    one(count - 1);
    return log;
  };
  for (const quantity of [0, 3]) {
    const [quiet, single] = [tell(quantity, true), tell(quantity, false)];
    expect([quiet.length, quiet.exposedSlices]).toEqual([count, quantity === 0 ? 0 : count]);
    expect([single.length, single.exposedSlices]).toEqual([quiet.length, quiet.exposedSlices]);
    expect(quiet.equity.subarray(0, count)).toEqual(single.equity.subarray(0, count));
    expect(quiet.timeMs.subarray(0, count)).toEqual(closeTimeMs);
    expect(quiet.hash()).toBe(single.hash());
    // 1,000 and three at the last close.
    expect(quiet.equity[count - 1]).toBe(1_000 + quantity * column[count - 1]!);
  }
});

test("to ask for the hash early changes nothing later, and a chunk stays in it for ever", () => {
  const hashOf = (first: number, isAsked: boolean): string => {
    const log = new DecisionLog();
    log.events.add(0, 0, 0, first, 0, 0, "x");
    for (let k = 0; k < 65_536; k++) log.record(k, 1, false);
    if (isAsked) log.hash();
    log.record(65_536, 1, false);
    return log.hash();
  };
  expect(hashOf(1, true)).toBe(hashOf(1, false));
  expect(hashOf(2, false)).not.toBe(hashOf(1, false));
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

test("a log that expects the closes of its bars holds them once, and writes its own times as soon as one differs", () => {
  const count = 50;
  const prices = new Float64Array(count).fill(100);
  const closeTimeMs = Float64Array.from(prices, (_, k) => (k + 1) * 60_000);
  const columns = { open: prices, high: prices, low: prices, close: prices, volume: prices };
  const bars = barsOf("TEST", "1m", { closeTimeMs, ...columns });
  const instruments = [testInstrument()];
  const ledger = new Ledger(1_000, instruments, conversionsFor(instruments, "USD"));
  const tell = (log: DecisionLog, extraAfter: number): readonly unknown[] => {
    for (let row = 0; row < count; row++) {
      // Some rows one by one, some at once.
      if (row % 10 === 4 && row + 3 < count) log.recordQuiet(bars, row, (row += 3), ledger);
      log.record(closeTimeMs[row]!, 1_000, false);
      if (row === extraAfter) log.record(closeTimeMs[row]! + 1, 1_000, false);
    }
    return [log.length, [...log.timeMs.subarray(0, log.length)], log.hash()];
  };
  const log = new DecisionLog(count, closeTimeMs);
  for (const extraAfter of [-1, 20, -1, 3, count - 1]) {
    expect(tell(log, extraAfter)).toEqual(tell(new DecisionLog(4), extraAfter));
    expect(log.timeMs === closeTimeMs).toBe(extraAfter < 0);
    log.reset();
  }
  // The bars are as they were.
  expect(closeTimeMs).toEqual(Float64Array.from(prices, (_, k) => (k + 1) * 60_000));
});
