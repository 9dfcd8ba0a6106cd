import { expect, test } from "vitest";
import { handBars } from "../../../test/strategy-harness.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { knownWith } from "./known-with.ts";

test("a series shows the rows that had closed when the newest bar did, and grows with the bars", () => {
  const bars = handBars([1, 2, 3, 4]);
  const [first, second, third] = bars.closeTimeMs;
  const shown = new BarTable("TEST", bars.timeframe);
  const series = knownWith([shown], { ...bars, symbol: "news:TEST" });
  expect(series.length).toBe(0);
  shown.append(first!, 1, 1, 1, 1, 1);
  expect(series.length).toBe(1);
  shown.append(third! - 1, 1, 1, 1, 1, 1);
  expect([series.length, series.closeTimeMs[1]]).toEqual([2, second]);
  expect(knownWith([bars], { ...bars, symbol: "news:TEST" }).length).toBe(4);
});
