import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { bucketOf } from "./bucket-of.ts";
import { CandleSeries } from "./candle-series.ts";

const at = (text: string): number => Date.parse(text);

test.each([
  ["1h", "UTC", "2024-03-05T10:30:00Z", "2024-03-05T10:00:00Z", "2024-03-05T11:00:00Z"],
  // A bar that closes on the hour belongs to the hour before.
  ["1h", "UTC", "2024-03-05T11:00:00Z", "2024-03-05T10:00:00Z", "2024-03-05T11:00:00Z"],
  ["1d", "UTC", "2024-03-05T10:30:00Z", "2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z"],
  // 2024-03-10 had 23 hours in New York: it began at UTC-5 and ended at UTC-4.
  ["1d", "America/New_York", "2024-03-10T20:00:00Z", "2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z"],
  ["1w", "UTC", "2024-03-05T10:30:00Z", "2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z"],
  ["1M", "UTC", "2024-02-05T10:30:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"],
] as const)("a candle of %s in %s at %s", (timeframe, zone, closeText, openText, endText) => {
  const { openMs, endMs } = bucketOf(at(closeText), timeframe, zone);
  expect([openMs, endMs]).toEqual([at(openText), at(endText)]);
});

test("the last candle grows with every bar and is closed by the bar that ends it, or by the next one's first", () => {
  const bars = new BarTable("X", "15m");
  const series = new CandleSeries("1h", "UTC");
  const told = (): string[] =>
    series.candles.map(({ open, high, low, close, isClosed }) =>
      [open, high, low, close, isClosed].join(" "),
    );
  bars.append(15 * minuteMs, 10, 12, 9, 11, 1);
  series.follow({ bars, length: 1 });
  expect(told()).toEqual(["10 12 9 11 false"]);
  bars.append(hourMs, 11, 15, 10, 14, 1);
  series.follow({ bars, length: 2 });
  expect(told()).toEqual(["10 15 9 14 true"]);
  bars.append(hourMs + 15 * minuteMs, 14, 14, 13, 13, 1);
  bars.append(dayMs, 13, 13, 13, 13, 1);
  series.follow({ bars, length: 4 });
  expect(told().slice(1)).toEqual(["14 14 13 13 true", "13 13 13 13 true"]);
  expect(series.between(0, hourMs).map(({ openMs }) => openMs)).toEqual([0, hourMs]);
  expect(series.between(1, hourMs - 1)).toEqual([]);
});
