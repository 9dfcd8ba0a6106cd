import { expect, test } from "vitest";
import { handBars } from "../../../test/strategy-harness.ts";
import { reportRun } from "../../../test/report-run.ts";
import { rsi } from "../../indicators/rsi.ts";
import { sma } from "../../indicators/sma.ts";
import { strategy } from "../../ports/strategy.ts";

const watcher = strategy({
  name: "watcher",
  summary: "Watches and does nothing.",
  params: {},
  setup: ({ bars, tf }) => ({
    close: bars.close,
    mean: sma(bars.close, 2),
    strength: rsi(bars.close, 1),
    twoHours: tf("2h").close,
  }),
  onBar() {},
});

test("a chart gets the series that the strategy saw, each with what it says of its place, and no copy of the bars", () => {
  const input = reportRun({ bars: [handBars([10, 12, 5, 20, 30, 40])], strategy: watcher });
  const series = input.seriesOf!(0);
  expect(series.map(({ name, isPriced }) => [name, isPriced])).toEqual([
    ["mean", true],
    ["strength", false],
    ["twoHours", true],
  ]);
  // Means of two closes; nothing before the second.
  expect([...series[0]!.values.subarray(0, 6)]).toEqual([Number.NaN, 11, 8.5, 12.5, 25, 35]);
});

test("a higher timeframe is seen when its bar has closed, and holds until the next one has", () => {
  const input = reportRun({ bars: [handBars([10, 12, 5, 20, 30, 40, 50, 60])], strategy: watcher });
  const { values } = input.seriesOf!(0)[2]!;
  // Bars of two hours close with every second row: 12, 20, 40 and 60, each seen from its own row on.
  expect([...values.subarray(0, 8)]).toEqual([Number.NaN, 12, 12, 20, 20, 40, 40, 60]);
});
