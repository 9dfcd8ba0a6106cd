import { expect, test } from "vitest";
import type { HeldSpan } from "../series/account-paths.ts";
import { heldSeries } from "./held-series.ts";

const axis = { originMs: 0, fromS: 0, toS: 1000 };
const spans: readonly HeldSpan[] = Array.from({ length: 100 }, (_, k) => ({
  fromMs: k * 10_000,
  toMs: k * 10_000 + 4000,
  side: k < 50 ? 1 : -1,
}));

test("few stretches are kept as they are", () => {
  expect(heldSeries(spans.slice(0, 2), axis, 2)).toEqual({ fromS: [0, 10], toS: [4, 14], side: [1, 1] });
});

test("many stretches become shares of columns, and the time held stays the same", () => {
  const held = heldSeries(spans, axis, 10);
  expect(held.fromS.length).toBe(10);
  expect(held.side.slice(0, 5)).toEqual([0.4, 0.4, 0.4, 0.4, 0.4]);
  const heldS = held.side.reduce(
    (sum, share, k) => sum + Math.abs(share) * (held.toS[k]! - held.fromS[k]!),
    0,
  );
  expect(heldS).toBeCloseTo(400, 6);
});
