import { expect, test } from "vitest";
import { onnxRuntime } from "../../adapters/runtime/onnx-runtime.ts";
import { Prng } from "../../base/prng.ts";
import { boostDefaults, fitBoosted } from "./boost.ts";
import { fitForest, forestDefaults } from "./forest.ts";
import { predictTrees } from "./trees.ts";
import { treesToOnnx } from "./trees-to-onnx.ts";

const random = new Prng(3);
const [count, width] = [1_500, 4];
const values = Float32Array.from({ length: count * width }, () =>
  random.next() < 0.1 ? Number.NaN : random.normal(),
);
const y = Float32Array.from({ length: count }, (_, row) =>
  (values[row * width] ?? 0) > random.normal() ? 1 : 0,
);
const rows = { x: { values, rows: count, width }, y, weights: new Float32Array(count).fill(1) };

test.each([
  ["boosted trees", fitBoosted(rows, { ...boostDefaults, rounds: 40 }).body],
  ["a forest", fitForest(rows, { ...forestDefaults, trees: 20, leafWeightMin: 5 }).body],
] as const)("the file of %s answers as they do, missing values too", async (_, body) => {
  const expected = predictTrees(body, values, count, width);
  for (const kind of ["native", "web"] as const) {
    const graph = await (await onnxRuntime(kind)).open(treesToOnnx(body, width), 1);
    const { probability } = await graph.run({ rows: { shape: [count, width], data: values } });
    const worst = Math.max(...expected.map((p, row) => Math.abs(p - probability!.data[row]!)));
    expect(worst).toBeLessThan(1e-5);
    await graph.close();
  }
});
