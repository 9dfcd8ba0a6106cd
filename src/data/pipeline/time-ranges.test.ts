import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import { joinRanges, rangesWithout, spanOf } from "./time-ranges.ts";

const seed = 20240517;
const range = fc
  .tuple(fc.nat({ max: 40 }), fc.nat({ max: 9 }))
  .map(([fromMs, spanMs]): TimeRange => ({ fromMs, toMs: fromMs + spanMs }));
const ranges = fc.array(range, { maxLength: 7 });

/** The naive model: every millisecond by itself. */
function timesIn(list: readonly TimeRange[]): Set<number> {
  const times = new Set<number>();
  for (const { fromMs, toMs } of list) for (let time = fromMs; time < toMs; time++) times.add(time);
  return times;
}

test("joined ranges are the same times, sorted and apart", () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const joined = joinRanges(list);
      expect(timesIn(joined)).toEqual(timesIn(list));
      expect(spanOf(list)).toBe(timesIn(list).size);
      joined.slice(1).forEach((next, k) => expect(next.fromMs).toBeGreaterThan(joined[k]!.toMs));
    }),
    { seed },
  );
});

test("ranges without others are the times that only they have", () => {
  fc.assert(
    fc.property(ranges, ranges, (list, others) => {
      const left = rangesWithout(list, others);
      expect(timesIn(left)).toEqual(new Set([...timesIn(list)].filter((time) => !timesIn(others).has(time))));
      expect(left).toEqual(joinRanges(left));
    }),
    { seed },
  );
});
