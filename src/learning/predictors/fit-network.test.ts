import { expect, test } from "vitest";
import { plant } from "../../../test/planted-market.ts";
import { onnxRuntime } from "../../adapters/runtime/onnx-runtime.ts";
import type { Checkpoint } from "../../ports/learning/checkpoint.ts";
import { partsBefore, walkDefaults } from "../data/splits.ts";
import { stateOfBytes } from "../training/training-state.ts";
import { networkLearner } from "./fit-network.ts";
import { rawPredictions } from "./raw-predictions.ts";

test("a loss that explodes ends training: the best network before it is kept, on disk too, and it is said why", async () => {
  const real = await onnxRuntime();
  const [stepsPerEpoch, fatalStep] = [4, 11];
  let steps = 0;
  const runtime = {
    ...real,
    async open(model: Uint8Array, threads: number) {
      const graph = await real.open(model, threads);
      return {
        ...graph,
        // What an overflow in the middle of a step comes to.
        async run(...given: Parameters<typeof graph.run>) {
          const found = await graph.run(...given);
          if ("gradientNorm" in found && ++steps === fatalStep) found["loss"]!.data.fill(Number.NaN);
          return found;
        },
      };
    },
  };
  const written: Uint8Array[] = [];
  let key = "";
  const checkpoint: Checkpoint = {
    async read() {
      return null;
    },
    async write(bytes) {
      written.push(Uint8Array.from(bytes));
    },
    async clear() {},
  };
  const { data } = plant(600, 1, 0.5);
  const parts = partsBefore(600, { ...walkDefaults, purge: 1, embargo: 1 });
  const learn = networkLearner({
    family: "long-term",
    size: "small",
    runtime,
    options: { stepsPerEpoch, batch: 16, epochs: 5 },
    codeVersion: "",
    checkpointOf(of) {
      key = of;
      return checkpoint;
    },
  });
  const learned = await learn(data, parts, 1, () => {});
  expect(learned.settings).toMatchObject({ stopped: "the loss exploded", steps: fatalStep - 1 });
  expect(learned.warnings).toEqual([
    expect.stringMatching(
      /exploded at step 11; what is kept is the best before it, of step [48]\. A lower rate/,
    ),
  ]);
  const kept = stateOfBytes(written.at(-1)!, key)!;
  expect(kept).toMatchObject({ step: fatalStep - 1, stopped: "the loss exploded" });
  expect(kept.best[0]!.parameters.every(Number.isFinite)).toBe(true);
  if (learned.body.kind !== "network") throw new Error("a network");
  const graph = await real.open(Buffer.from(learned.body.onnx, "base64"), 1);
  const { probability } = await rawPredictions(learned, data.x, 500, 600, graph);
  expect(probability.every((p) => p > 0 && p < 1)).toBe(true);
  await graph.close();
});
