import type { Prng } from "../../base/prng.ts";
import type { Tensor } from "../graph/graph.ts";
import { sizeOf } from "../graph/graph.ts";
import { parameterCount, type Parameters, type ParameterShapes } from "../graph/train-step.ts";

/** Forgets a share of a value while a network learns; leaves it alone when it is asked. */
export type Dropout = (value: Tensor, share: number) => Tensor;

/** What a network makes of a batch: two numbers a row for the Beta head, and what it looked at, by name. */
export type NetworkOutput = {
  readonly raw: Tensor;
  readonly seen: Readonly<Record<string, Tensor>>;
};

/** A network over windows of features: [batch, windowRows, features]. */
export type Network = {
  readonly windowRows: number;
  readonly shapes: ParameterShapes;
  readonly build: (x: Tensor, parameters: Parameters, dropout: Dropout) => NetworkOutput;
};

/** Sizes of a network: `full` is what the papers have, `small` what a laptop trains in minutes. */
export type NetworkSize = "small" | "full";

/**
 * First parameters, in one row. By the last part of a name: a `weight` is normal with the width of its inputs, a `scale` is 1, a
 * `bias` 0. The last layer begins small, so that the first prediction is one half and not a guess.
 */
export function firstParameters({ shapes }: Pick<Network, "shapes">, random: Prng): Float32Array {
  const row = new Float32Array(parameterCount(shapes));
  let at = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const size = sizeOf(shape);
    const spread = 1 / Math.sqrt(shape[0]!);
    if (name.endsWith(".weight")) for (let k = 0; k < size; k++) row[at + k] = random.normal() * spread;
    if (name.endsWith(".scale")) row.fill(1, at, at + size);
    if (name === "head.weight") for (let k = 0; k < size; k++) row[at + k]! *= 0.1;
    at += size;
  }
  return row;
}
