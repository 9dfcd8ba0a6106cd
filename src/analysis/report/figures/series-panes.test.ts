import { expect, test } from "vitest";
import type { CandleSeries } from "../chart/time-figure.ts";
import { isAtPrices, seriesPanes } from "./series-panes.ts";

const hours = Array.from({ length: 40 }, (_, row) => row);
const closes = hours.map((row) => 50 + row / 10);
const candles: CandleSeries = {
  spanS: 3600,
  closeS: hours.map((row) => (row + 1) * 3600),
  open: closes,
  high: closes,
  low: closes,
  close: closes,
};
const axis = { originMs: 0, fromS: 0, toS: 40 * 3600 };

/** A series of one value per candle. */
function series(name: string, isPriced: boolean, valueAt: (row: number) => number) {
  const timeMs = Float64Array.from(hours, (row) => (row + 1) * 3_600_000);
  return { name, isPriced, timeMs, values: Float64Array.from(hours, valueAt), length: hours.length };
}

test("an average and its bands lie over the prices; an oscillator has a pane of its own", () => {
  const { overPrices, panels, leftOut } = seriesPanes(
    [
      series("average", true, (row) => closes[row]! - 0.5),
      series("band", false, (row) => closes[row]! * 1.04),
      series("rsi", false, (row) => 50 + 30 * Math.sin(row)),
    ],
    candles,
    axis,
  );
  expect(overPrices.map(({ name, look }) => [name, look])).toEqual([
    ["average", "series-1"],
    ["band", "series-2"],
  ]);
  expect(panels.map(({ title }) => title)).toEqual(["rsi"]);
  expect(leftOut).toEqual([]);
  // The page carries the times of candles once.
  expect(overPrices[0]!.timeS).toBe(candles.closeS);
  expect(overPrices[0]!.value[10]).toBe(50.5);
});

test("where a series is drawn hangs on its scale and not on what its indicator says of itself", () => {
  // An average of volumes says that it belongs over prices; a relative strength near a price of 50 is still no price.
  expect(
    isAtPrices(
      closes.map(() => 12_000),
      closes,
      true,
    ),
  ).toBe(false);
  expect(
    isAtPrices(
      hours.map((row) => 50 + 30 * Math.sin(row)),
      closes,
      false,
    ),
  ).toBe(false);
  expect(
    isAtPrices(
      closes.map((close) => close * 1.2),
      closes,
      false,
    ),
  ).toBe(true);
  expect(
    isAtPrices(
      closes.map((close) => close * 1.3),
      closes,
      false,
    ),
  ).toBe(false);
  expect(
    isAtPrices(
      closes.map((close) => close * 1.9),
      closes,
      true,
    ),
  ).toBe(true);
  expect(
    isAtPrices(
      closes.map(() => Number.NaN),
      closes,
      true,
    ),
  ).toBe(false);
});

test("signals of three values are named and not drawn, and what has no value yet is left out of its curve", () => {
  const { overPrices, leftOut } = seriesPanes(
    [
      series("cross", false, (row) => (row % 3) - 1),
      series("late", true, (row) => (row < 5 ? Number.NaN : closes[row]!)),
    ],
    candles,
    axis,
  );
  expect(leftOut).toEqual(["cross"]);
  expect(overPrices[0]!.timeS).toEqual(candles.closeS.slice(5));
});

test("a value is drawn from the close at which it was known, never before", () => {
  const late = {
    ...series("late", true, (row) => 50 + row),
    timeMs: Float64Array.from(hours, (row) => (row + 1) * 7_200_000),
  };
  const [line] = seriesPanes([late], candles, axis).overPrices;
  expect(line!.timeS[0]).toBe(7200);
  expect(line!.value.slice(0, 4)).toEqual([50, 50, 51, 51]);
});
