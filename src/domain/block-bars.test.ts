import { expect, test } from "vitest";
import { usualBlockBars } from "./block-bars.ts";

test("a block is a day of bars, a week of daily ones, and never longer than a model takes", () => {
  expect((["1m", "5m", "1h", "4h", "12h", "1d", "1w"] as const).map(usualBlockBars)).toEqual([
    500, 288, 24, 6, 2, 5, 5,
  ]);
});
