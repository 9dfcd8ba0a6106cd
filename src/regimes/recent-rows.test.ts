import { expect, test } from "vitest";
import { RecentRows } from "./recent-rows.ts";

test("the last rows are there in order, however many came before", () => {
  const rows = new RecentRows(5, 2);
  for (let row = 0; row < 40; row++) {
    rows.add(Float64Array.of(row, -row), row / 10);
    const kept = Array.from({ length: Math.min(5, row + 1) }, (_, k) => row - Math.min(4, row) + k);
    expect([...rows.values]).toEqual(kept.flatMap((k) => [k, -k]));
    expect([...rows.logReturns]).toEqual(kept.map((k) => k / 10));
    expect(rows.length).toBe(kept.length);
  }
});
