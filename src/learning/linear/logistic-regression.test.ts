import { expect, test } from "vitest";
import { onnxRuntime } from "../../adapters/runtime/onnx-runtime.ts";
import { logistic } from "../trees/trees.ts";
import { linearToOnnx } from "./linear-to-onnx.ts";
import { fitLogistic } from "./logistic-regression.ts";

test("the coefficients of one feature and their spread are those worked out by hand", () => {
  // Four rows at x = 0 with one rise, four at x = 1 with three: log-odds ln(1/3) and ln(3), so slope 2 ln 3 and intercept -ln 3.
  const x = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1);
  const y = [1, 0, 0, 0, 1, 1, 1, 0];
  const { coefficients, covariance } = fitLogistic({ x, y, weights: y.map(() => 1), width: 1 }, 0);
  expect(coefficients[0]).toBeCloseTo(2 * Math.log(3), 6);
  expect(coefficients[1]).toBeCloseTo(-Math.log(3), 6);
  // Each group tells 4 * 3/16 = 3/4 of its log-odds: variances 4/3 of the intercept, 8/3 of the slope, covariance -4/3.
  [8 / 3, -4 / 3, -4 / 3, 4 / 3].forEach((value, k) => expect(covariance[k]).toBeCloseTo(value, 5));
});

test("rows that a line parts without an error do not make it run away", () => {
  const x = Float64Array.of(-2, -1, 1, 2);
  const { coefficients } = fitLogistic({ x, y: [0, 0, 1, 1], weights: [1, 1, 1, 1], width: 1 }, 1);
  expect(coefficients[0]).toBeGreaterThan(0.3);
  expect(coefficients[0]).toBeLessThan(2);
});

test("the file of a linear model scales its features as the model does", async () => {
  const body = { kind: "linear", weights: [0.5, -1], intercept: 0.2 } as const;
  const graph = await (
    await onnxRuntime()
  ).open(linearToOnnx(body, { centres: [1, 2], scales: [2, 0.5] }), 1);
  const data = Float32Array.of(3, 2, Number.NaN, 1e9);
  const { probability } = await graph.run({ rows: { shape: [2, 2], data } });
  // Row 1: scores 0.5 * 1 - 1 * 0 + 0.2. Row 2: nothing for what is missing, and -1 times the limit of 8.
  expect(probability!.data[0]).toBeCloseTo(logistic(0.7), 6);
  expect(probability!.data[1]).toBeCloseTo(logistic(-7.8), 6);
  await graph.close();
});
