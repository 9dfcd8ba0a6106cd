import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { alignStates } from "./align-states.ts";
import type { HmmParams } from "./hmm-params.ts";
import { reorderStates } from "./reorder-states.ts";

function modelOf(means: readonly number[], variances: readonly number[]): HmmParams {
  const states = means.length;
  return {
    states,
    features: 1,
    covariance: "diagonal",
    initial: Float64Array.from({ length: states }, (_, k) => (2 * (k + 1)) / (states * (states + 1))),
    transition: Float64Array.from({ length: states * states }, () => 1 / states),
    means: Float64Array.from(means),
    covariances: Float64Array.from(variances),
  };
}

test("a model whose states were shuffled comes back in its own order", () => {
  const prng = new Prng(30);
  for (const covariance of ["diagonal", "full"] as const) {
    const states = 8;
    const model: HmmParams = {
      states,
      features: 2,
      covariance,
      initial: Float64Array.from({ length: states }, () => 1 / states),
      transition: Float64Array.from({ length: 64 }, () => prng.next()),
      means: Float64Array.from({ length: 16 }, () => prng.normal()),
      covariances: Float64Array.from({ length: covariance === "full" ? 32 : 16 }, (_, k) =>
        covariance === "full" && (k % 4 === 1 || k % 4 === 2) ? 0.1 : 0.5 + prng.next(),
      ),
    };
    const shuffled = reorderStates(model, [3, 1, 7, 0, 5, 2, 6, 4]);
    expect(shuffled.means).not.toEqual(model.means);
    expect(alignStates(model, shuffled)).toEqual(model);
  }
});

test("all pairs together are nearest, even where a greedy choice would take another one first", () => {
  // Distances grow with the squared difference. Greedy pairs 0 with 0.9 (0.81) and leaves 1 to -3 (16); exact: 9 + 0.01.
  const previous = modelOf([0, 1], [1, 1]);
  expect([...alignStates(previous, modelOf([0.9, -3], [1, 1])).means]).toEqual([-3, 0.9]);
  expect([...alignStates(previous, modelOf([0.4, 0.9], [1, 1])).means]).toEqual([0.4, 0.9]);
});

test("spread counts as well as the mean", () => {
  const previous = modelOf([0, 0], [1, 9]);
  expect([...alignStates(previous, modelOf([0.2, 0.1], [8, 1.2])).covariances]).toEqual([1.2, 8]);
});

test("states that are new stand at the end, and with fewer states the order remains", () => {
  const three = modelOf([0, 5, 10], [1, 1, 1]);
  expect([...alignStates(three, modelOf([20, 10.1, 0.1, 5.1], [1, 1, 1, 1])).means]).toEqual([
    0.1, 5.1, 10.1, 20,
  ]);
  expect([...alignStates(three, modelOf([9, 0.5], [1, 1])).means]).toEqual([0.5, 9]);
  expect([...alignStates(three, modelOf([6], [1])).means]).toEqual([6]);
});
