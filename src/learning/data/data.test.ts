import fc from "fast-check";
import { expect, test } from "vitest";
import { barsOf } from "../../domain/bars.ts";
import { labelBars, overlapWeights } from "./labels.ts";
import { fitScaler, scaleRows } from "./scaler.ts";
import { crossTurnsOf, partsBefore, rowsNeeded, walkDefaults, walkForward } from "./splits.ts";

function barsOfCloses(closes: readonly number[], reach = 0) {
  const close = Float64Array.from(closes);
  const columns = {
    open: close,
    high: close.map((c) => c + reach),
    low: close.map((c) => c - reach),
    close,
    volume: close,
  };
  return barsOf("TEST", "1h", { closeTimeMs: close.map((_, k) => k * 3_600_000), ...columns });
}

test("a label is the sign of the return over the horizon, and nothing where the future is not there yet", () => {
  const { outcome, end, logReturn } = labelBars(barsOfCloses([100, 110, 90, 120, 80]), {
    kind: "direction",
    horizonBars: 2,
    moveMin: 0,
  });
  expect([...outcome]).toEqual([0, 1, 0, Number.NaN, Number.NaN]);
  expect([...end]).toEqual([2, 3, 4, 3, 4]);
  expect(logReturn[0]).toBeCloseTo(Math.log(0.9), 12);
});

test("a label never depends on bars after its end", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 250 }),
      fc.constantFrom("direction", "triple-barrier"),
      (row, kind) => {
        const closes = Array.from({ length: 300 }, (_, k) => 100 + Math.sin(k) + k / 50);
        const options = { kind, horizonBars: 6, moveMin: 0.5 } as const;
        const whole = labelBars(barsOfCloses(closes, 0.3), options);
        const changed = closes.map((close, k) => (k > whole.end[row]! ? close * 3 : close));
        const again = labelBars(barsOfCloses(changed, 0.3), options);
        return Object.is(again.outcome[row], whole.outcome[row]) && again.end[row] === whole.end[row];
      },
    ),
  );
});

test("of two barriers the one that is touched first counts, and a move below the minimum does not", () => {
  // 100 quiet bars of a tenth up and down make the usual move; then a rise through the upper barrier, and a fall after it.
  const quiet = Array.from({ length: 101 }, (_, k) => 100 + (k % 2) / 10);
  const bars = barsOfCloses([...quiet, 100.2, 101, 90, 90, 90, 90]);
  const { outcome, end } = labelBars(bars, { kind: "triple-barrier", horizonBars: 4, moveMin: 2 });
  expect([outcome[100], end[100]]).toEqual([1, 102]);
  const small = labelBars(bars, { kind: "direction", horizonBars: 1, moveMin: 5 });
  expect(small.outcome[100]).toBeNaN();
  expect(small.outcome[102]).toBe(0);
});

test("rows whose outcomes overlap count for as much as they tell", () => {
  const { outcome, end, logReturn, size } = labelBars(
    barsOfCloses(Array.from({ length: 40 }, (_, k) => 100 + k)),
    {
      kind: "direction",
      horizonBars: 4,
      moveMin: 0,
    },
  );
  const weights = overlapWeights({ outcome, end, logReturn, size });
  // In the middle every bar is spanned by four labels.
  expect(weights[20]).toBeCloseTo(0.25, 6);
  // The first label has its first bar alone, shares the second with one, ...: (1 + 1/2 + 1/3 + 1/4) / 4.
  expect(weights[0]).toBeCloseTo((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, 6);
  expect(weights[39]).toBe(0);
});

test("no part of a walk forward knows an outcome of a later part", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 8 }),
      (purge, embargo, folds) => {
        const rows = rowsNeeded(purge, embargo) + folds * 10;
        return walkForward(rows, { ...walkDefaults, folds, purge, embargo }).every(
          ({ learn, held, calibrate, test: judged }) =>
            [
              [learn, held],
              [held, calibrate],
              [calibrate, judged],
            ].every(
              ([before, after]) =>
                before!.to > before!.from && before!.to - 1 + purge + embargo < after!.from,
            ),
        );
      },
    ),
  );
});

test("turns within a model's rows answer for the newer half once, and know no outcome of what they answer for", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 900 }), (gap, more) => {
      const options = { ...walkDefaults, purge: gap, embargo: gap };
      const parts = partsBefore(rowsNeeded(gap, gap) + more, options);
      const { turns, whole } = crossTurnsOf(parts);
      const { to } = parts.calibrate;
      expect(turns.map(({ answered }) => answered.from)).toEqual([
        Math.floor(to / 2),
        ...turns.slice(0, -1).map(({ answered }) => answered.to),
      ]);
      expect([turns.at(-1)!.answered.to, whole.held.to]).toEqual([to, to]);
      for (const { learn, answered } of [
        ...turns,
        { learn: whole.learn, answered: { from: whole.held.from } },
      ]) {
        expect(learn.to).toBeGreaterThan(learn.from);
        expect(learn.to - 1 + 2 * gap).toBeLessThan(answered.from);
      }
    }),
  );
});

test("tests of a walk forward follow one another, and together are the newest third", () => {
  const folds = walkForward(3_000, { ...walkDefaults, purge: 5, embargo: 5 });
  expect(folds[0]!.test.from).toBe(2_000);
  for (const [k, fold] of folds.entries()) expect(fold.test.to).toBe(folds[k + 1]?.test.from ?? 3_000);
  expect(partsBefore(2_000, { ...walkDefaults, purge: 5, embargo: 5 }).learn.from).toBe(0);
});

test("a scaler knows the part that it was fitted on and nothing after it, byte for byte", () => {
  const values = Float32Array.from({ length: 400 }, (_, k) => Math.sin(k * 7) * (k % 2 === 0 ? 1 : 100));
  const before = fitScaler({ values, rows: 200, width: 2 }, 0, 120);
  const changed = values.map((value, k) => (k >= 240 ? value * 1e6 : value));
  expect(fitScaler({ values: changed, rows: 200, width: 2 }, 0, 120)).toEqual(before);
  const out = new Float32Array(2);
  scaleRows(before, Float32Array.of(Number.NaN, 1e9), 0, 1, out);
  expect([...out]).toEqual([0, 8]);
});
