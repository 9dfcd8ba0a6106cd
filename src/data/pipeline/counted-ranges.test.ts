import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { FetchedRange } from "../../ports/fetched-ranges.ts";
import { addCounted, withoutCounted } from "./counted-ranges.ts";
import { joinRanges, rangesWithout } from "./time-ranges.ts";

const seed = 20260301;

test("counts of ranges that touch add up, and those of the same time do not count twice", () => {
  const first = addCounted([], { fromMs: 0, toMs: 10 }, { bars: 5, firstMs: 2 });
  const next = addCounted(first, { fromMs: 10, toMs: 20 }, { bars: 3, firstMs: 10 });
  expect(next).toEqual([{ fromMs: 0, toMs: 20, bars: 8, firstMs: 2 }]);
  // The last chunk again, as after a kill: eight bars came, not eleven.
  expect(addCounted(next, { fromMs: 10, toMs: 20 }, { bars: 3, firstMs: 10 })).toEqual(next);
});

test("a range that is cut does not say how many bars are left in it", () => {
  const held = [
    { fromMs: 0, toMs: 10, bars: 5, firstMs: 1 },
    { fromMs: 20, toMs: 30, bars: 4, firstMs: 22 },
  ];
  expect(withoutCounted(held, { fromMs: 4, toMs: 6 })).toEqual([
    { fromMs: 0, toMs: 4, bars: 0, firstMs: null },
    { fromMs: 6, toMs: 10, bars: 0, firstMs: null },
    { fromMs: 20, toMs: 30, bars: 4, firstMs: 22 },
  ]);
});

const range = fc.record({ fromMs: fc.nat({ max: 60 }), spanMs: fc.integer({ min: 1, max: 12 }) });
const step = fc.record({ range, isAdded: fc.boolean() });

test("whatever is added and taken out, no count is more than the bars that came", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.func(fc.boolean()), (steps, isBar) => {
      let [counted, plain]: [readonly FetchedRange[], readonly { fromMs: number; toMs: number }[]] = [[], []];
      const barsBetween = (fromMs: number, toMs: number): number =>
        Array.from({ length: toMs - fromMs }, (_, k) => isBar(fromMs + k)).filter(Boolean).length;
      for (const { range: given, isAdded } of steps) {
        const one = { fromMs: given.fromMs, toMs: given.fromMs + given.spanMs };
        counted = isAdded
          ? addCounted(counted, one, { bars: barsBetween(one.fromMs, one.toMs), firstMs: null })
          : withoutCounted(counted, one);
        plain = isAdded ? joinRanges([...plain, one]) : rangesWithout(plain, [one]);
      }
      expect(counted.map(({ fromMs, toMs }) => ({ fromMs, toMs }))).toEqual(plain);
      for (const { fromMs, toMs, bars } of counted)
        expect(bars).toBeLessThanOrEqual(barsBetween(fromMs, toMs));
    }),
    { seed },
  );
});

test("a range without any time in it adds nothing", () => {
  const held = [{ fromMs: 0, toMs: 10, bars: 5, firstMs: 1 }];
  expect(addCounted(held, { fromMs: 20, toMs: 20 }, { bars: 0, firstMs: null })).toEqual(held);
});
