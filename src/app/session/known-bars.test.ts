import { expect, test } from "vitest";
import { dailyBars, firstDayMs, runTogether } from "../../../test/portfolio-harness.ts";
import { dayMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { strategy } from "../../ports/strategy.ts";
import { KnownBars } from "./known-bars.ts";

/** Two new shares for one old on the third day, and a tenth of the price as a dividend on the fifth. */
const actions: readonly CorporateAction[] = [
  { symbol: "SPY", day: firstDayMs / dayMs + 2, kind: "split", ratio: 2 },
  { symbol: "SPY", day: firstDayMs / dayMs + 4, kind: "dividend", amount: 6 },
];
const traded = [100, 110, 60, 60, 54, 54];
// From the third day on twice the price: 120, 120. On the fifth 60 / (60 - 6) more: 54 * 2 * 60 / 54 = 120.
const seen = [100, 110, 120, 120, 120, 120];

test("what is only read is adjusted like what is traded: a split and a dividend are no fall", () => {
  const closes: number[] = [];
  const listener = strategy({
    name: "listener",
    summary: "For this test.",
    params: {},
    setup: ({ symbol }) => ({ other: symbol("SPY").close }),
    // The first bar is before the first decision.
    onBar: ({ series }) => void closes.push(series.other.now),
  });
  const externals = [dailyBars("SPY", traded)];
  runTogether(listener, [dailyBars("AAA", [1, 1, 1, 1, 1, 1])], {}, { externals, actions });
  expect(closes.map((close) => Number(close.toFixed(9)))).toEqual(seen.slice(1));
});

test("bars that still grow are adjusted as they come, and what was seen never changes", () => {
  const whole = dailyBars("SPY", traded);
  const table = new BarTable("SPY", "1d", 1);
  const bars = new KnownBars(actions).of(table, calendarNamed("24/7"));
  const { closeTimeMs, open, high, low, close, volume } = whole;
  for (let row = 0; row < whole.length; row++) {
    table.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
    const { close: now, length } = bars;
    expect([...now.subarray(0, length)].map((price) => Number(price.toFixed(9)))).toEqual(
      seen.slice(0, row + 1),
    );
  }
});

test("bars of a symbol without actions are those that were read", () => {
  const table = dailyBars("QQQ", traded);
  expect(new KnownBars(actions).of(table, calendarNamed("24/7"))).toBe(table);
});
