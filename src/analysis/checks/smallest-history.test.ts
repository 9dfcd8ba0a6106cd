import fc from "fast-check";
import { expect, test } from "vitest";
import { lookDown, smallestHistory } from "./smallest-history.ts";

const seed = 20_261_121;

test("the border between too short and enough is found wherever it is", () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.nat(5_000), (border, longest) => {
      const found = smallestHistory(longest, (length) => length >= border);
      expect(found).toBe(border <= longest ? border : null);
    }),
    { seed },
  );
});

test("a length that is too short above lengths that are enough is found by looking down", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.array(fc.nat(200), { maxLength: 5 }), (border, bumps) => {
      const isEnough = (length: number) => length >= border && !bumps.includes(length);
      const found = smallestHistory(250, isEnough)!;
      const smallest = Math.max(border, ...bumps.map((bump) => bump + 1));
      expect(lookDown(found, 250, isEnough)).toBe(smallest);
    }),
    { seed },
  );
});
