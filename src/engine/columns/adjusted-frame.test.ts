import { expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { AdjustedFrame } from "./adjusted-frame.ts";

/** Daily bars, the first of which is day 0; each is open, high, low and close in distances of ten from its close. */
function days(...closes: readonly number[]): BarTable {
  const bars = new BarTable("AAA", "1d");
  for (const [day, close] of closes.entries())
    bars.append((day + 1) * dayMs, close - 10, close + 20, close - 20, close, 60);
  return bars;
}

const split = (day: number, ratio: number): CorporateAction => ({ symbol: "AAA", day, kind: "split", ratio });
const dividend = (day: number, amount: number): CorporateAction => ({
  symbol: "AAA",
  day,
  kind: "dividend",
  amount,
});

function adjusted(source: BarTable, ...actions: readonly CorporateAction[]): AdjustedFrame {
  const frame = new AdjustedFrame(source, actions, calendarNamed("24/7"));
  frame.extend();
  return frame;
}

/** The first rows of one of its columns. */
function column(frame: AdjustedFrame, name: "open" | "high" | "low" | "close" | "volume"): readonly number[] {
  return [...frame.bars[name].subarray(0, frame.bars.length)];
}

test("from the day of a split on prices are so much larger and volumes so much smaller", () => {
  const frame = adjusted(days(100, 100, 50, 50), split(2, 2));
  expect(column(frame, "open")).toEqual([90, 90, 80, 80]);
  expect(column(frame, "high")).toEqual([120, 120, 140, 140]);
  expect(column(frame, "low")).toEqual([80, 80, 60, 60]);
  expect(column(frame, "close")).toEqual([100, 100, 100, 100]);
  expect(column(frame, "volume")).toEqual([60, 60, 30, 30]);
  expect([...frame.visible.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
});

test("a dividend is a part of the close before its day, and changes no volume", () => {
  // 100 fell to 80 by 20: 100 / 80 is 5 / 4.
  const frame = adjusted(days(100, 80, 80), dividend(1, 20));
  expect(column(frame, "close")).toEqual([100, 100, 100]);
  expect(column(frame, "volume")).toEqual([60, 60, 60]);
});

test("a dividend on the day of a split is a part of the close in new shares, and what comes later is multiplied", () => {
  // In halves 100 are 50, of which 10 are paid: 2 x 50 / 40. Two days later a quarter of 40 goes: x 4 / 3.
  const frame = adjusted(days(100, 40, 40, 30), split(1, 2), dividend(1, 10), dividend(3, 10));
  const closes = [100, 100, 100, 100];
  for (const [row, close] of column(frame, "close").entries()) expect(close).toBeCloseTo(closes[row]!, 10);
});

test("a dividend of all that a share was worth, or more, says nothing about the ratio of prices", () => {
  expect(column(adjusted(days(50, 40, 40), dividend(1, 50)), "close")).toEqual([50, 40, 40]);
  expect(column(adjusted(days(50, 40, 40), dividend(1, 60)), "close")).toEqual([50, 40, 40]);
});

test("what happened by the day of the first bar is in its price already", () => {
  const frame = adjusted(days(100, 50, 50), split(-3, 4), split(0, 3), dividend(0, 1), split(1, 2));
  expect(column(frame, "close")).toEqual([100, 100, 100]);
});

test("an action on a day without a bar holds from the next bar on", () => {
  const source = days(100, 100);
  source.append(5 * dayMs, 50, 50, 50, 50, 60);
  expect(column(adjusted(source, split(3, 2)), "close")).toEqual([100, 100, 100]);
});

test("the factor of a time is that of the last action by then", () => {
  const frame = adjusted(days(100, 100, 50, 50, 10), split(2, 2), split(4, 5));
  expect([0, 2 * dayMs, 3 * dayMs - 1].map((timeMs) => frame.factorAt(timeMs))).toEqual([1, 1, 1]);
  expect([3 * dayMs, 4 * dayMs, 5 * dayMs - 1].map((timeMs) => frame.factorAt(timeMs))).toEqual([2, 2, 2]);
  expect([5 * dayMs, 99 * dayMs].map((timeMs) => frame.factorAt(timeMs))).toEqual([10, 10]);
  expect(adjusted(days(100, 100)).factorAt(2 * dayMs)).toBe(1);
});

test("bars that come one by one are the bars that came at once", () => {
  const closes = Array.from({ length: 150 }, (_, day) => (day < 70 ? 100 + day : 50 + day / 2));
  const actions = [dividend(20, 3), split(70, 2), dividend(130, 1)];
  const whole = adjusted(days(...closes), ...actions);
  const growing = days();
  const live = adjusted(growing, ...actions);
  for (const [day, close] of closes.entries()) {
    growing.append((day + 1) * dayMs, close - 10, close + 20, close - 20, close, 60);
    live.extend();
    expect(live.visible[day]).toBe(day);
  }
  for (const name of ["open", "high", "low", "close", "volume"] as const)
    expect(column(live, name)).toEqual(column(whole, name));
});
