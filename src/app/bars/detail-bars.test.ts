import { expect, test } from "vitest";
import { barsOf, sliceBars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { ResampledFrame } from "../../engine/columns/frame.ts";
import { agreeingDetail, isTimeframeText } from "./detail-bars.ts";

const calendar = calendarNamed("24/7");
const startMs = Date.UTC(2024, 0, 1);
const fine = syntheticMarket({ seed: 5, symbols: ["AAA"], timeframe: "5m", bars: 600, startMs }).bars[0]!;
const frame = new ResampledFrame(fine, "1h", calendar);
frame.extend();
// 599 five-minute bars complete 49 hours; the fiftieth is closed by its own last bar.
const coarse = sliceBars(frame.bars, 0, frame.bars.length);

test("finer bars that add up are taken as they are", () => {
  const { bars, warnings } = agreeingDetail(coarse, fine, calendar);
  expect(bars.length).toBe(coarse.length * 12);
  expect(warnings).toEqual([]);
});

test("finer bars that do not add up are refused with the first bar that differs", () => {
  const close = coarse.close.slice();
  close[20] = close[20]! * 1.01;
  const other = barsOf("AAA", "1h", { ...coarse, close });
  expect(() => agreeingDetail(other, fine, calendar)).toThrow(
    /DETAIL_DISAGREES AAA at 2024-01-01T21:00:00Z: close/,
  );
});

test("only the time that both cover is run, and that is said", () => {
  const part = sliceBars(fine, 120, 360);
  const { bars, warnings } = agreeingDetail(coarse, part, calendar);
  expect(bars.length).toBe(240);
  expect(warnings.join()).toContain("2024-01-01T10:05:00Z to 2024-01-02T06:00:00Z");
});

test("longer bars, another time and bars full of holes are no detail", () => {
  expect(() => agreeingDetail(fine, coarse, calendar)).toThrow("DETAIL_NOT_FINER");
  const away = barsOf("AAA", "5m", { ...fine, closeTimeMs: fine.closeTimeMs.map((timeMs) => timeMs + 1e10) });
  expect(() => agreeingDetail(coarse, away, calendar)).toThrow("DETAIL_APART");
  const rows = [...fine.closeTimeMs.keys()].filter((row) => row < 60 || row > 240);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const holed = barsOf("AAA", "5m", {
    closeTimeMs: pick(fine.closeTimeMs),
    open: pick(fine.open),
    high: pick(fine.high),
    low: pick(fine.low),
    close: pick(fine.close),
    volume: pick(fine.volume),
  });
  expect(() => agreeingDetail(coarse, holed, calendar)).toThrow(/DETAIL_(HOLES|DISAGREES)/);
});

test("a timeframe is told from a path", () => {
  expect(["1m", "30s", "1M"].every(isTimeframeText)).toBe(true);
  expect(["m1", "1m.csv", "0m", "prices"].some(isTimeframeText)).toBe(false);
});
