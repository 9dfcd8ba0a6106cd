import fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs } from "../../../base/time.ts";
import { utcCloses } from "./bar-grid.ts";
import { doubtIn, readPage, type PageReader } from "./read-page.ts";
import { faultIn, RowQuarantineBook, type VenueRow } from "./row-quarantine.ts";

const row = (minute: number, more: Partial<VenueRow> = {}): VenueRow => ({
  openMs: minute * minuteMs,
  open: 10,
  high: 11,
  low: 9,
  close: 10,
  volume: 1,
  ...more,
});

function reader(fromMs: number, toMs: number): PageReader {
  const range = { symbol: "X", timeframe: "1m", fromMs, toMs } as const;
  const quarantine = new RowQuarantineBook();
  return { range, closeOf: utcCloses("1m"), settleMs: 1_000, quarantine, last: null };
}

const price = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 9, max: 11 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, -1, Infinity) },
);
const pages = fc.array(
  fc.record({
    isNewestFirst: fc.boolean(),
    rows: fc.array(
      fc.record({
        openMs: fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: 0, max: 40 }).map((minute) => minute * minuteMs) },
          { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 * minuteMs }) },
        ),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: fc.integer({ min: -1, max: 5 }),
      }),
      { maxLength: 20 },
    ),
  }),
  { maxLength: 5 },
);

test("whatever pages hold: bars are closed, in the range, in order, once, and possible", () => {
  fc.assert(
    fc.property(pages, fc.integer({ min: 0, max: 45 * minuteMs }), (answers, generatedMs) => {
      const state = reader(5 * minuteMs, 30 * minuteMs);
      let previousMs = Number.NEGATIVE_INFINITY;
      for (const { rows, isNewestFirst } of answers) {
        const sorted = rows.toSorted((a, b) => (isNewestFirst ? b.openMs - a.openMs : a.openMs - b.openMs));
        const bars = readPage(state, { rows: sorted, askedFromMs: 0, askedToMs: 35 * minuteMs, generatedMs });
        for (let k = 0; k < bars.length; k++) {
          const closeMs = bars.closeTimeMs[k]!;
          expect(closeMs).toBeGreaterThan(previousMs);
          expect(closeMs).toBeGreaterThanOrEqual(5 * minuteMs);
          expect(closeMs).toBeLessThan(30 * minuteMs);
          expect(closeMs).toBeLessThanOrEqual(generatedMs - 1_000);
          expect(closeMs % minuteMs).toBe(0);
          const { open, high, low, close, volume } = bars;
          expect(
            faultIn({ open: open[k]!, high: high[k]!, low: low[k]!, close: close[k]!, volume: volume[k]! }),
          ).toBeNull();
          previousMs = closeMs;
        }
      }
    }),
    { seed: 20240305 },
  );
});

test("the open bar, and bars beside the range, are no faults", () => {
  const state = reader(2 * minuteMs, 4 * minuteMs);
  const rows = [0, 1, 2, 3, 4].map((minute) => row(minute));
  const bars = readPage(state, { rows, askedFromMs: 0, askedToMs: 9 * minuteMs, generatedMs: 4 * minuteMs });
  expect([...bars.closeTimeMs]).toEqual([2 * minuteMs, 3 * minuteMs]);
  expect(state.quarantine.entries()).toEqual([]);
});

test.each([
  ["high below the open", { high: 9.5 }, "ohlc"],
  ["low above the close", { low: 10.5 }, "ohlc"],
  ["a negative volume", { volume: -1 }, "negativeVolume"],
  ["a price of zero", { low: 0 }, "nonPositive"],
  ["no number", { close: Number.NaN }, "number"],
  ["an infinite volume", { volume: Infinity }, "number"],
] as const)("%s cannot be a bar", (_what, more, fault) => {
  expect(faultIn(row(1, more))).toBe(fault);
});

test("rows in order, either way, are believed; others are not", () => {
  const times = (...minutes: number[]): VenueRow[] => minutes.map((minute) => row(minute));
  const all = [0, 10 * minuteMs] as const;
  expect(doubtIn(times(1, 2, 2, 3), ...all)).toBeNull();
  expect(doubtIn(times(3, 2, 1), ...all)).toBeNull();
  expect(doubtIn([], ...all)).toBeNull();
  expect(doubtIn(times(1, 3, 2), ...all)).toMatch(/forward 1 and back 1 times/);
  expect(doubtIn(times(20, 21), ...all)).toMatch(/another time/);
});
