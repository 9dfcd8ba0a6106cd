import { expect, test } from "vitest";
import { memoryCheckpoint } from "../../../test/fakes/memory-checkpoint.ts";
import { onnxRuntime } from "../../adapters/runtime/onnx-runtime.ts";
import { Prng } from "../../base/prng.ts";
import { relu } from "../graph/elementwise.ts";
import { Graph, sizeOf } from "../graph/graph.ts";
import { reshape } from "../graph/shapes.ts";
import { attention, attentionShapes } from "../networks/attention-block.ts";
import { dense, denseShapes, lastStep } from "../networks/blocks.ts";
import { longTermNetwork } from "../networks/long-term.ts";
import { mediumTermNetwork } from "../networks/medium-term.ts";
import type { Network } from "../networks/network.ts";
import { shortTermNetwork } from "../networks/short-term.ts";
import { oneCycleRate } from "./schedule.ts";
import { askGraph, openHeldRows } from "./held-loss.ts";
import { networkDefaults, type NetworkTask, type StepReport } from "./network-task.ts";
import { trainNetwork } from "./train-network.ts";

const runtime = await onnxRuntime("native");
const [width, windowRows] = [3, 2];

/** Two layers over a window of two rows, with dropout in between. */
const network: Network = {
  windowRows,
  shapes: { ...denseShapes("first", windowRows * width, 16), ...denseShapes("head", 16, 2) },
  build(x, p, dropout) {
    const flat = reshape(x, [x.shape[0]!, windowRows * width]);
    return { raw: dense(dropout(relu(dense(flat, p, "first")), 0.1), p, "head"), seen: {} };
  },
};

/** Outcomes that hang on whether two rows agree in sign: nothing linear finds that. */
function task(changes: Partial<NetworkTask> = {}): NetworkTask {
  const random = new Prng(5);
  const rows = 3_000;
  const values = Float32Array.from({ length: rows * width }, () => random.normal());
  const part = (from: number, to: number) => {
    const ends = Int32Array.from({ length: to - from }, (_, k) => from + k);
    const chance = (row: number) => (values[row * width]! * values[(row - 1) * width]! > 0 ? 0.8 : 0.2);
    const outcome = Float32Array.from(ends, (row) => (random.next() < chance(row) ? 1 : 0));
    return {
      rows: ends,
      outcome,
      share: outcome.map((one) => 0.25 + one / 2),
      weights: new Float32Array(ends.length).fill(1),
    };
  };
  return {
    network,
    values,
    width,
    learn: part(1, 2_400),
    held: part(2_400, rows),
    options: {
      ...networkDefaults,
      epochs: 8,
      stepsPerEpoch: 60,
      ratePeak: 0.02,
      weightDecay: 0,
      checkpointSteps: 25,
    },
    seed: 3,
    runtime,
    checkpoint: null,
    key: "test",
    onStep: () => {},
    onLook: () => {},
    ...changes,
  };
}

test("a network learns what no linear model can see", async () => {
  const { losses, steps } = await trainNetwork(task());
  // Saying one half costs ln 2 = 0.693; knowing the chances of 0.8 and 0.2 costs 0.500.
  expect(losses[0]![1]).toBeGreaterThan(0.6);
  expect(Math.min(...losses.map(([, held]) => held))).toBeLessThan(0.57);
  expect(steps).toBeLessThanOrEqual(480);
});

test("killed at any step and started again, a training ends at the very same bits", async () => {
  const options = { ...task().options, epochs: 2 };
  const whole = await trainNetwork(task({ options }));
  for (const killedAt of [1, 26, 60, 103]) {
    const checkpoint = memoryCheckpoint();
    const kill = ({ step }: StepReport) => {
      if (step === killedAt) throw new Error("killed");
    };
    await expect(trainNetwork(task({ options, checkpoint, onStep: kill }))).rejects.toThrow("killed");
    // Not only the parameters: losses and gradients of the steps before the kill are remembered as well.
    expect(await trainNetwork(task({ options, checkpoint }))).toEqual(whole);
    const heard: number[] = [];
    const over = task({ options, checkpoint, onStep: kill, onLook: ({ step }) => void heard.push(step) });
    expect(await trainNetwork(over)).toEqual(whole);
    expect(heard).toEqual([60, 120]);
  }
});

test("a checkpoint of another training, or one that is not whole, is begun anew", async () => {
  const checkpoint = memoryCheckpoint();
  const options = { ...task().options, epochs: 1 };
  const stopAt = ({ step }: StepReport) => {
    if (step === 30) throw new Error("killed");
  };
  await expect(trainNetwork(task({ options, checkpoint, onStep: stopAt, key: "other" }))).rejects.toThrow(
    "killed",
  );
  const whole = await trainNetwork(task({ options }));
  expect((await trainNetwork(task({ options, checkpoint }))).parameters).toEqual(whole.parameters);
  await checkpoint.clear();
  await expect(trainNetwork(task({ options, checkpoint, onStep: stopAt }))).rejects.toThrow("killed");
  checkpoint.state = checkpoint.state!.map((byte, k) => (k === 900 ? byte ^ 1 : byte));
  expect((await trainNetwork(task({ options, checkpoint }))).parameters).toEqual(whole.parameters);
});

test("a loss that explodes ends the training with the best parameters so far, or says that there are none", async () => {
  const options = { ...networkDefaults, epochs: 8, stepsPerEpoch: 20 };
  const poisoned = (from: number) => {
    const bad = task({ options });
    return { ...bad, onStep: ({ step }: StepReport) => void (step >= from && bad.values.fill(Number.NaN)) };
  };
  const kept = await trainNetwork(poisoned(50));
  expect(kept.stopped).toBe("the loss exploded");
  expect(kept.parameters.every(Number.isFinite)).toBe(true);
  await expect(trainNetwork(poisoned(1))).rejects.toMatchObject({ parts: { code: "TRAIN_EXPLODED" } });
});

test("what only the newest step asks is what it is told where every step asks (seed 9)", async () => {
  const [time, batch, wide, heads] = [6, 3, 8, 2];
  const random = new Prng(9);
  const drawn = (shape: readonly number[]) => ({
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  });
  const shapes = attentionShapes("a", wide);
  const graph = new Graph();
  const x = graph.input("x", [time, batch, wide]);
  const p = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, shape)]),
  );
  graph.output("every", lastStep(attention(x, p, "a", heads).attended));
  graph.output("newest", attention(x, p, "a", heads, lastStep(x)).attended);
  const opened = await runtime.open(graph.bytes(), 1);
  const given = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, drawn(shape)]));
  const { every, newest } = await opened.run({ ...given, x: drawn([time, batch, wide]) });
  await opened.close();
  expect(newest!.shape).toEqual([1, batch, wide]);
  newest!.data.forEach((value, k) => expect(value).toBeCloseTo(every!.data[k]!, 5));
});

test("what is kept is at least as good on the held rows as the best look, and may be the mean of the best few", async () => {
  const asked = task();
  const trained = await trainNetwork(asked);
  const held = await openHeldRows(asked);
  const empty = new Float32Array();
  const state = { ...trained, step: 0, first: empty, second: empty, best: [], waited: 0, epochLoss: 0 };
  const looked = await held.look({ ...state, losses: [] });
  const [one, other] = [looked.best[0]!, { step: 1, loss: 9, parameters: trained.parameters.map(() => 5) }];
  // The mean of a good one and a bad one is no better than the good one: nothing changes. That of two alike is as good.
  expect(await held.blend({ ...looked, best: [one, other] })).toEqual({ ...looked, best: [one, other] });
  const blended = await held.blend({ ...looked, best: [one, { ...one, step: 4 }] });
  expect(blended.best[0]).toMatchObject({ step: 4, loss: one.loss });
  await held.close();
  expect(one.loss).toBeLessThanOrEqual(Math.min(...trained.losses.map(([, loss]) => loss)));
});

const networks = [
  ["short-term", shortTermNetwork(5, "small")],
  ["medium-term", mediumTermNetwork(5, "small")],
  ["long-term", longTermNetwork(5, "small")],
] as const;

test.each(networks)(
  "the %s network trains, answers a row alike wherever it stands among others, and shows what it looked at",
  async (name, made) => {
    const random = new Prng(9);
    const rows = 400;
    const ends = Int32Array.from({ length: rows - made.windowRows }, (_, k) => made.windowRows + k);
    const outcome = Float32Array.from(ends, () => (random.next() < 0.5 ? 1 : 0));
    const part = {
      rows: ends,
      outcome,
      share: outcome.map((one) => 0.3 + one * 0.4),
      weights: outcome.map(() => 1),
    };
    const values = Float32Array.from({ length: rows * 5 }, () => random.normal());
    const trained = await trainNetwork({
      ...task(),
      network: made,
      values,
      width: 5,
      learn: part,
      held: part,
      options: { ...networkDefaults, epochs: 2, stepsPerEpoch: 3 },
    });
    expect(trained.gradientNorms.every((norm) => norm > 0 && Number.isFinite(norm))).toBe(true);
    const size = made.windowRows * 5;
    const ask = await runtime.open(askGraph(made, trained.parameters, 5, 8).bytes(), 1);
    const answer = async (place: number) => {
      const data = Float32Array.from({ length: 8 * size }, () => random.normal());
      data.set(values.subarray(0, size), place * size);
      return ask.run({ rows: { shape: [8, made.windowRows, 5], data } });
    };
    const [first, last] = [await answer(0), await answer(7)];
    expect(first["alpha"]!.data[0]).toBeGreaterThan(1);
    // To the last bit: a backtest asks for many rows at once, a live session for one.
    expect([last["alpha"]!.data[7], last["beta"]!.data[7]]).toEqual([
      first["alpha"]!.data[0],
      first["beta"]!.data[0],
    ]);
    const seen = {
      "short-term": ["attention"],
      "medium-term": ["attention", "selection"],
      "long-term": ["season", "trend"],
    };
    expect(Object.keys(first).sort()).toEqual(["alpha", "beta", ...seen[name]].sort());
    if (name !== "medium-term") return;
    const selection = [...first["selection"]!.data.subarray(0, 5)];
    expect(selection.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    await ask.close();
  },
);

test("the rate rises to its peak and falls to nearly nothing along half cosines", () => {
  // Ten steps: up from 1/25 until step 2 (0.3 * 10 - 1), then down over seven to 1/25 of 1e-4; step 1 is half way up, and step 3
  // a seventh down: 1 - (1 - cos(pi / 7)) / 2 = 0.9504846.
  const rates = [0, 1, 2, 3, 9].map((step) => oneCycleRate(step, 10, 1));
  [0.04, 0.52, 1, 0.9504846320134737, 4e-6].forEach((rate, k) => expect(rates[k]).toBeCloseTo(rate, 6));
});
