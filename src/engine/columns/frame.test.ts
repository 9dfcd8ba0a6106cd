import fc from "fast-check";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { readCsv } from "../../adapters/sources/csv/read-csv.ts";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { AlignedFrame, ChainedFrame, grown, ResampledFrame, type Frame } from "./frame.ts";

const always = calendarNamed("24/7");

/** Minute bars closing at the given minutes, priced by their number. */
function minutes(...closes: readonly number[]): BarTable {
  const bars = new BarTable("TEST", "1m");
  for (const [k, minute] of closes.entries()) bars.append(minute * minuteMs, k, k + 10, k - 10, k + 0.5, 1);
  return bars;
}

function rows(frame: ResampledFrame) {
  const { bars } = frame;
  return Array.from({ length: bars.length }, (_, k) => [
    bars.closeTimeMs[k]! / minuteMs,
    bars.open[k],
    bars.high[k],
    bars.low[k],
    bars.close[k],
    bars.volume[k],
  ]);
}

test("a higher bar has the first open, the highest high, the lowest low, the last close and the sum of volumes", () => {
  const frame = new ResampledFrame(minutes(1, 2, 3, 4, 5, 6), "3m", always);
  frame.extend();
  expect(rows(frame)).toEqual([
    [3, 0, 12, -10, 2.5, 3],
    [6, 3, 15, -7, 5.5, 3],
  ]);
});

test("data that begin inside a bucket make no bar of it: half an hour is not an hour", () => {
  const frame = new ResampledFrame(minutes(2, 3, 4, 5, 6), "3m", always);
  frame.extend();
  expect(rows(frame).map(([closeMinute]) => closeMinute)).toEqual([6]);
});

test("a higher bar is seen when it has closed and not a bar earlier", () => {
  const frame = new ResampledFrame(minutes(1, 2, 3, 4, 5, 6), "3m", always);
  frame.extend();
  expect([...frame.visible]).toEqual([-1, -1, 0, 0, 0, 1]);
});

test("when the end of a bucket is missing, the higher bar is known to be over only with the next bar", () => {
  const frame = new ResampledFrame(minutes(1, 2, 4, 5, 6), "3m", always);
  frame.extend();
  expect(rows(frame)[0]).toEqual([3, 0, 11, -10, 1.5, 2]);
  expect([...frame.visible]).toEqual([-1, -1, 0, 0, 1]);
});

test("bars built one by one are the bars built at once", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (closes) => {
      const sorted = closes.toSorted((a, b) => a - b);
      const whole = new ResampledFrame(minutes(...sorted), "15m", always);
      whole.extend();
      const growing = new BarTable("TEST", "1m");
      const live = new ResampledFrame(growing, "15m", always);
      for (const [k, minute] of sorted.entries()) {
        growing.append(minute * minuteMs, k, k + 10, k - 10, k + 0.5, 1);
        live.extend();
        expect(live.visible[k]).toBe(whole.visible[k]);
      }
      expect(rows(live)).toEqual(rows(whole));
      expect([...live.visible.subarray(0, sorted.length)]).toEqual([...whole.visible]);
    }),
    { seed: 7 },
  );
});

test("an equity session of minutes makes one daily bar at the close, and trades after it belong to no bar", () => {
  const bars = new BarTable("TEST", "1m");
  const openMs = Date.UTC(2024, 0, 3, 14, 30); // 09:30 in New York.
  for (let k = 1; k <= 6.5 * 60 + 30; k++) bars.append(openMs + k * minuteMs, k, k, k, k, 1);
  const frame = new ResampledFrame(bars, "1d", calendarNamed("us-equity"));
  frame.extend();
  expect(rows(frame)).toEqual([[(openMs + 6.5 * hourMs) / minuteMs, 1, 390, 1, 390, 390]]);
});

test("daily equity bars stamped at midnight make weeks that end with their Friday", () => {
  const bars = new BarTable("TEST", "1d");
  for (let k = 0; k < 5; k++) bars.append(Date.UTC(2024, 0, 9 + k), k + 1, k + 1, k + 1, k + 1, 1); // Mon 8 to Fri 12.
  const frame = new ResampledFrame(bars, "1w", calendarNamed("us-equity"));
  frame.extend();
  expect([...frame.visible]).toEqual([-1, -1, -1, -1, 0]);
  expect(frame.bars.volume[0]).toBe(5);
});

test("another symbol is seen as far as its own closes go", () => {
  const other = minutes(2, 4, 6);
  const frame = new AlignedFrame(minutes(1, 2, 3, 4, 5), other);
  frame.extend();
  expect([...frame.visible]).toEqual([-1, 0, 0, 1, 1]);
});

// Five-minute and hourly bars of the same venue, downloaded apart: what we build must be what the venue built.
test.skipIf(!hasShared)("hours built of the venue's five minutes are the venue's hours", async () => {
  const read = async (name: string) =>
    (await readCsv(sharedPath(`data/crypto/${name}.csv.gz`), { nowMs: Date.UTC(2026, 0, 1) })).bars;
  const [fine, coarse] = [await read("ETHUSDT-5m"), await read("ETHUSDT-1h")];
  const frame = new ResampledFrame(fine, "1h", always);
  frame.extend();
  const at = new Map(Array.from(coarse.closeTimeMs, (timeMs, row) => [timeMs, row]));
  let compared = 0;
  for (let row = 1; row < frame.bars.length - 1; row++) {
    const other = at.get(frame.bars.closeTimeMs[row]!);
    if (other === undefined) continue;
    compared += 1;
    for (const name of ["open", "high", "low", "close"] as const)
      expect(frame.bars[name][row]).toBe(coarse[name][other]);
    expect(frame.bars.volume[row]).toBeCloseTo(coarse.volume[other]!, 6);
  }
  expect(compared).toBeGreaterThan(1_000);
});

test("months have their own lengths", () => {
  const bars = new BarTable("TEST", "1d");
  for (let k = 1; k <= 60; k++) bars.append(Date.UTC(2024, 0, 1) + k * dayMs, k, k, k, k, 1);
  const frame = new ResampledFrame(bars, "1M", always);
  frame.extend();
  expect([...frame.bars.volume.subarray(0, 2)]).toEqual([31, 29]);
});

test("bars of a time before 1970 make higher bars as well", () => {
  const bars = new BarTable("TEST", "1d");
  for (let k = 1; k <= 14; k++) bars.append(Date.UTC(1927, 11, 26) + k * dayMs, k, k, k, k, 1); // From a Monday on.
  const frame = new ResampledFrame(bars, "1w", always);
  frame.extend();
  expect([...frame.bars.close.subarray(0, 2)]).toEqual([7, 14]);
});

test("nothing is seen of another frame before it was computed, and room for rows to come says so", () => {
  const source = minutes(1, 2, 3);
  const frames: readonly Frame[] = [
    new ResampledFrame(source, "3m", always),
    new AlignedFrame(source, source),
    new ChainedFrame(source, new AlignedFrame(source, source), new ResampledFrame(source, "3m", always)),
  ];
  for (const { visible } of frames) expect([...visible]).toEqual([-1, -1, -1]);
  const rows = Int32Array.of(4, 5, 6);
  expect(grown(rows, 3)).toBe(rows);
  expect([...grown(rows, 4)]).toEqual([4, 5, 6, -1, -1, -1]);
  expect([...grown(rows, 7)]).toEqual([4, 5, 6, -1, -1, -1, -1]);
});

test("higher bars of another symbol are seen through the last of its own bars that has closed", () => {
  const source = new BarTable("TEST", "1m");
  const other = minutes(2, 3, 5, 6, 9);
  const aligned = new AlignedFrame(source, other);
  const frame = new ChainedFrame(source, aligned, new ResampledFrame(other, "3m", always));
  const seen: number[] = [];
  for (let minute = 1; minute <= 10; minute++) {
    source.append(minute * minuteMs, 1, 1, 1, 1, 1);
    frame.extend();
    seen.push(frame.visible[minute - 1]!);
  }
  // Its first bar begins inside the bucket of 3, so the bars are those of 6 and 9.
  expect(seen).toEqual([-1, -1, -1, -1, -1, 0, 0, 0, 1, 1]);
  expect([...frame.visible.subarray(0, 10)]).toEqual(seen);
  expect([...frame.bars.closeTimeMs.subarray(0, 2)]).toEqual([6 * minuteMs, 9 * minuteMs]);
  expect([...aligned.visible.subarray(0, 10)]).toEqual([-1, 0, 1, 1, 2, 3, 3, 3, 4, 4]);
});

test("daily bars that begin inside a week make no bar of it, though each of them is whole", () => {
  const bars = new BarTable("TEST", "1d");
  for (let k = 0; k < 12; k++) bars.append(Date.UTC(2024, 0, 4 + k), k, k, k, k, 1); // From Wednesday 3 on.
  const frame = new ResampledFrame(bars, "1w", always);
  frame.extend();
  // Monday 8 to Sunday 14.
  expect(rows(frame)).toEqual([[Date.UTC(2024, 0, 15) / minuteMs, 5, 11, 5, 11, 7]]);
});

test("hours before the open are no missing part of the session that comes", () => {
  const bars = new BarTable("TEST", "1h");
  const openMs = Date.UTC(2024, 0, 3, 14, 30); // 09:30 in New York.
  for (let k = 1; k <= 7; k++) bars.append(openMs + Math.min(k, 6.5) * hourMs, k, k, k, k, 1);
  const frame = new ResampledFrame(bars, "1d", calendarNamed("us-equity"));
  frame.extend();
  expect(frame.bars.volume[0]).toBe(7);
  const later = new BarTable("TEST", "1h");
  for (let k = 2; k <= 7; k++) later.append(openMs + Math.min(k, 6.5) * hourMs, k, k, k, k, 1);
  const partial = new ResampledFrame(later, "1d", calendarNamed("us-equity"));
  partial.extend();
  expect(partial.bars.length).toBe(0);
});

test("of a market that closes at night a week that began without us makes no bar either", () => {
  const bars = new BarTable("TEST", "1d");
  // Wednesday to Friday, and the whole week after it; stamped at midnight.
  for (const day of [4, 5, 6, 9, 10, 11, 12, 13]) bars.append(Date.UTC(2024, 0, day), day, day, day, day, 1);
  const frame = new ResampledFrame(bars, "1w", calendarNamed("us-equity"));
  frame.extend();
  expect(rows(frame).map(([, open, , , close, volume]) => [open, close, volume])).toEqual([[9, 13, 5]]);
});

test("prices below nothing have their highest and their lowest as well", () => {
  const bars = new BarTable("OIL", "1m");
  for (const [k, price] of [-37, -12, -20].entries())
    bars.append((k + 1) * minuteMs, price, price + 1, price - 1, price, 1);
  const frame = new ResampledFrame(bars, "3m", always);
  frame.extend();
  expect(rows(frame)).toEqual([[3, -37, -11, -38, -20, 3]]);
});
