import { expect, test } from "vitest";
import { minuteMs } from "../../base/time.ts";
import type { LiveBar } from "../../ports/bar-source.ts";
import { DivergenceWatch } from "./divergence-watch.ts";
import { failoverDefaults } from "./failover-policy.ts";

function barAt(minute: number, close: number, symbol = "EUR"): LiveBar {
  const closeTimeMs = minute * minuteMs;
  return { symbol, timeframe: "1m", closeTimeMs, open: close, high: close, low: close, close, volume: 1 };
}

/** Feeds both providers the closes of some minutes; the trouble after each. */
function troubles(watch: DivergenceWatch, closes: readonly (readonly [number, number])[], fromMinute = 1) {
  return closes.map(([one, other], k) => {
    watch.note("one", barAt(fromMinute + k, one));
    watch.note("other", barAt(fromMinute + k, other));
    return watch.troubleWith("EUR") !== null;
  });
}

test("closes that are too far apart for three bars are trouble, until three agree", () => {
  const watch = new DivergenceWatch(failoverDefaults);
  // 0.5 % are allowed: 100.6 is 0.6 % away, 100.4 is not too far.
  const apart = [100, 100.6] as const;
  const alike = [100, 100.4] as const;
  expect(troubles(watch, [alike, apart, apart, alike, apart, apart, apart])).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
  expect(watch.troubleWith("EUR")).toBe(
    "one and other disagree on EUR: 1m closes 0.6 % apart after 3 bars in a row, and 0.5 % is allowed",
  );
  expect(watch.troubleWith("USD")).toBeNull();
  expect(troubles(watch, [alike, alike, apart, alike, alike, alike], 8)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test("only bars of the same close are compared, in whatever order they come", () => {
  const watch = new DivergenceWatch(failoverDefaults);
  for (let minute = 1; minute <= 9; minute++) watch.note("one", barAt(minute, 100 + minute));
  for (let minute = 1; minute <= 9; minute++) watch.note("other", barAt(minute, 100 + minute));
  expect(watch.troubleWith("EUR")).toBeNull();
  for (let minute = 10; minute <= 20; minute++) watch.note("other", barAt(minute, 1));
  expect(watch.troubleWith("EUR")).toBeNull();
});

test("in a wild market venues may be further apart, but one wild provider does not excuse itself", () => {
  const wild = Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? 100 : 103));
  const watch = new DivergenceWatch(failoverDefaults);
  // Both move 3 % a bar and stay 1 % apart.
  expect(
    troubles(
      watch,
      wild.map((close) => [close, close * 1.01] as const),
    ).at(-1),
  ).toBe(false);
  const liar = new DivergenceWatch(failoverDefaults);
  expect(
    troubles(
      liar,
      wild.map((close) => [100, close + 2] as const),
    ).at(-1),
  ).toBe(true);
});

test("a pair says once that it begins and once that it ends to disagree", () => {
  const watch = new DivergenceWatch(failoverDefaults);
  const changes = [1, 1, 1, 1, 0, 0, 0, 0].flatMap((isApart, minute) => {
    watch.note("one", barAt(minute, 100));
    return watch.note("other", barAt(minute, isApart === 1 ? 110 : 100));
  });
  expect(changes.map(({ kind, providers }) => [kind, providers])).toEqual([
    ["diverged", "one and other"],
    ["agreed", "one and other"],
  ]);
});

test("a provider is not compared with itself, whatever it sends again", () => {
  const watch = new DivergenceWatch(failoverDefaults);
  for (let minute = 1; minute <= 9; minute++)
    for (const close of [100, 110]) expect(watch.note("one", barAt(minute, close))).toEqual([]);
  expect(watch.troubleWith("EUR")).toBeNull();
});
