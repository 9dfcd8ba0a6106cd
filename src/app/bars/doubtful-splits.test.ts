import { expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { dailyBars, firstDayMs } from "../../../test/portfolio-harness.ts";
import { doubtfulSplits } from "./doubtful-splits.ts";

const day = firstDayMs / dayMs;
const split = (ratio: number, at = day + 2) => [{ symbol: "AAA", day: at, kind: "split", ratio }] as const;
const calendarOf = () => calendarNamed("24/7");

/** Opens are the closes before, so the jump is in the bar; here its open has it too. */
function opening(closes: readonly number[]) {
  const bars = dailyBars("AAA", closes);
  bars.open.set(closes);
  return [bars];
}

test("a split that the prices show is believed, one that they do not show is doubted", () => {
  expect(doubtfulSplits(opening([100, 101, 51, 50]), split(2), calendarOf)).toEqual([]);
  expect(doubtfulSplits(opening([10, 10, 98, 99]), split(0.1), calendarOf)).toEqual([]);
  expect(doubtfulSplits(opening([100, 101, 98, 99]), split(2), calendarOf)).toEqual([
    "the prices show no jump at the split of AAA on 2024-01-03: where they are adjusted already, --actions adjusts them twice",
  ]);
});

test("what lies outside the bars cannot be doubted", () => {
  expect(doubtfulSplits(opening([100, 101]), split(2, day - 9), calendarOf)).toEqual([]);
  expect(doubtfulSplits(opening([100, 101]), split(2, day + 9), calendarOf)).toEqual([]);
});
