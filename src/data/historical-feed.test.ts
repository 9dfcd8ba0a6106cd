import fc from "fast-check";
import { expect, test } from "vitest";
import { barsOf, type Bars } from "../domain/bars.ts";
import { historicalFeed } from "./historical-feed.ts";

/** Bars that close at the hours given, increasing. */
function barsAt(hours: readonly number[], symbol: string): Bars {
  const column = Float64Array.from(hours, () => 1);
  const closeTimeMs = Float64Array.from(hours, (hour) => hour * 3_600_000);
  return barsOf(symbol, "1h", {
    closeTimeMs,
    open: column,
    high: column,
    low: column,
    close: column,
    volume: column,
  });
}

type Seen = {
  readonly timeMs: number;
  readonly bars: readonly (readonly [instrument: number, row: number])[];
};

function slicesOf(datasets: readonly Bars[]): readonly Seen[] {
  const seen: Seen[] = [];
  for (const batch of historicalFeed(datasets)) {
    while (batch.advance()) {
      const { timeMs, count, instruments, rows } = batch.slice;
      seen.push({
        timeMs,
        bars: Array.from({ length: count }, (_, k) => [instruments[k]!, rows[k]!] as const),
      });
    }
  }
  return seen;
}

/** The same from the definition: every close time of any symbol, with all that close then. */
function plain(datasets: readonly Bars[]): readonly Seen[] {
  const times = [...new Set(datasets.flatMap(({ closeTimeMs }) => [...closeTimeMs]))].sort((a, b) => a - b);
  return times.map((timeMs) => ({
    timeMs,
    bars: datasets.flatMap(({ closeTimeMs }, index) => {
      const row = closeTimeMs.indexOf(timeMs);
      return row < 0 ? [] : [[index, row] as const];
    }),
  }));
}

const hours = fc
  .uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 30 })
  .map((list) => list.sort((a, b) => a - b));

test("every instant comes once, with all symbols that close then in their order, whoever shares times with whom", () => {
  fc.assert(
    fc.property(
      fc.array(hours, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 9 }),
      (calendars, choices) => {
        const datasets = choices.map((choice, k) => barsAt(calendars[choice % calendars.length]!, `S${k}`));
        expect(slicesOf(datasets)).toEqual(plain(datasets));
      },
    ),
  );
});

test("symbols that share the very same column of times are told together, over as many batches as it takes", () => {
  const hoursOfYear = Array.from({ length: 9_000 }, (_, k) => k + 1);
  const one = barsAt(hoursOfYear, "ONE");
  const datasets = [one, { ...one, symbol: "OTHER" }, barsAt([4_500], "THIRD")];
  const seen = slicesOf(datasets);
  expect(seen).toHaveLength(9_000);
  expect(seen[4_499]!.bars).toEqual([
    [0, 4_499],
    [1, 4_499],
    [2, 0],
  ]);
});

test("rows of the only symbol can be left out, and of several nobody can leave any out", () => {
  const [alone] = historicalFeed([barsAt([1, 2, 3, 4], "ONE")]);
  alone!.advance();
  expect([alone!.nextRow, alone!.endRow]).toEqual([1, 4]);
  alone!.skipTo(3);
  expect([alone!.advance(), alone!.slice.rows[0], alone!.advance()]).toEqual([true, 3, false]);
  const [several] = historicalFeed([barsAt([1, 2], "ONE"), barsAt([1, 3], "OTHER")]);
  expect([several!.nextRow, several!.endRow]).toEqual([0, 0]);
  several!.skipTo(2);
  expect([several!.advance(), several!.slice.count]).toEqual([true, 2]);
});
