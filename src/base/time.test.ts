import { expect, test } from "vitest";
import { formatTime } from "./time.ts";

test("a time is written for people, also one that is none and one that no calendar has", () => {
  expect(formatTime(Date.UTC(2024, 2, 5, 14))).toBe("2024-03-05T14:00:00Z");
  expect(formatTime(Date.UTC(2024, 2, 5))).toBe("2024-03-05");
  expect(formatTime(Number.NaN)).toBe("n/a");
  expect(formatTime(8.64e15)).toBe("+275760-09-13");
  // Nanoseconds where milliseconds were meant.
  expect(formatTime(1_709_647_200_000_000_000)).toBe("1709647200000000000 ms");
});
