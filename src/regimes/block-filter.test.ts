import { expect, test } from "vitest";
import { Prng } from "../base/prng.ts";
import { ForwardFilter } from "../learning/hmm/forward-filter.ts";
import type { HmmParams } from "../learning/hmm/hmm-params.ts";
import { BlockFilter } from "./block-filter.ts";
import { LabelFilter } from "./label-filter.ts";

const params: HmmParams = {
  states: 3,
  features: 1,
  covariance: "diagonal",
  initial: Float64Array.of(0.5, 0.25, 0.25),
  transition: Float64Array.of(0.9, 0.06, 0.04, 0.1, 0.8, 0.1, 0.2, 0.1, 0.7),
  means: Float64Array.of(-1, 0, 2),
  covariances: Float64Array.of(1, 1, 2),
};

test("each bar is judged by the blocks before it that do not overlap with its own", () => {
  const prng = new Prng(41);
  const rows = Array.from({ length: 60 }, () => Float64Array.of(prng.normal()));
  const filter = new BlockFilter(params, 4);
  let total = 0;
  for (const [bar, row] of rows.entries()) {
    const alone = new ForwardFilter(params);
    let wanted = new Float64Array(3);
    let before = 0;
    for (let k = bar % 4; k <= bar; k += 4) {
      before = alone.logLikelihood;
      wanted = alone.step(rows[k]!).slice();
    }
    expect(filter.step(row)).toEqual(wanted);
    total += alone.logLikelihood - before;
  }
  expect(filter.logLikelihood).toBeCloseTo(total, 9);
});

test("states with one name share its probability and last as one, and a row with a gap says unknown", () => {
  const labels = ["trend-up", "trend-up", "sideways"] as const;
  const filter = new LabelFilter(params, labels, 6, new BlockFilter(params, 6));
  expect([...filter.probabilities]).toEqual([0, 0, 0, 0, 1]);
  const plain = new ForwardFilter(params).step(Float64Array.of(0.3));
  const shown = filter.step(Float64Array.of(0.3));
  expect(shown[0]).toBeCloseTo(plain[0]! + plain[1]!, 12);
  expect(shown[2]).toBeCloseTo(plain[2]!, 12);
  expect([...filter.step(Float64Array.of(Number.NaN))]).toEqual([0, 0, 0, 0, 1]);
  // In the long run the chain spends 25, 11 and 7 of 43 rows in its states; the first two leave by 0.04 and 0.1.
  expect(filter.dwellBars[0]).toBeCloseTo((6 * 36) / (25 * 0.04 + 11 * 0.1), 9);
  expect(filter.dwellBars[2]).toBeCloseTo(6 / 0.3, 9);
  expect(filter.dwellBars[1]).toBeNaN();
});
