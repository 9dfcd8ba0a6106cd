import { expect, test } from "vitest";
import type { BarFault } from "./find-faults.ts";
import { groupFaults } from "./plan-repair.ts";

const gap = (fromMs: number, toMs: number) => ({ kind: "gap", fromMs, toMs }) as BarFault;

test("faults that one request covers are one group, each group begins anew, and a large fault stands alone", () => {
  const groups = groupFaults([gap(100, 110), gap(0, 10), gap(20, 30), gap(105, 115), gap(200, 300)], 30);
  expect(groups.map((group) => group.map(({ fromMs }) => fromMs))).toEqual([[0, 20], [100, 105], [200]]);
});
