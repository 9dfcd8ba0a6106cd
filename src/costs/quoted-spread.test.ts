import { expect, test } from "vitest";
import { halfSpreadOf } from "./quoted-spread.ts";

// Quoted bars of 60 ms that close at 60, 120 and 240: nobody quoted from 120 to 180.
const spread = halfSpreadOf({ lengthMs: 60, timeMs: [60, 120, 240], open: [1, 3, 5], close: [2, 2, 6] });

test.each([
  [60, 1, 2],
  [120, 3, 3],
  [240, 5, 6],
  // A finer bar inside one: nobody knows when in it, so the wider side counts.
  [1, 2, 2],
  [59, 2, 2],
  [61, 3, 3],
  [181, 6, 6],
  // Right before the first, between two of them, and after the last.
  [0, Number.NaN, Number.NaN],
  [121, Number.NaN, Number.NaN],
  [180, Number.NaN, Number.NaN],
  [241, Number.NaN, Number.NaN],
])("a bar that closes at %d is crossed at its open for %d, later for %d", (closeMs, open, inside) => {
  expect([spread.within(closeMs, "open"), spread.within(closeMs, "inside")]).toEqual([open, inside]);
});

test("what is known is the last close that was quoted", () => {
  const known = [59, 60, 119, 120, 239, 1_000].map((atMs) => spread.known(atMs));
  expect(known).toEqual([Number.NaN, 2, 2, 2, 2, 6]);
});
