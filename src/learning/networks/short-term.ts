import { add, relu } from "../graph/elementwise.ts";
import { conv1d } from "../graph/matrices.ts";
import { transpose } from "../graph/shapes.ts";
import type { ParameterShapes } from "../graph/train-step.ts";
import { attention, attentionShapes } from "./attention-block.ts";
import {
  dense,
  denseShapes,
  head,
  headShapes,
  lastStep,
  lstmShapes,
  norm,
  normShapes,
  recurrent,
} from "./blocks.ts";
import type { Network, NetworkSize } from "./network.ts";

type Sizes = {
  readonly windowRows: number;
  readonly filters: readonly number[];
  readonly hidden: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly dropout: number;
};

const kernels = [3, 5, 7] as const;
const sizes: Readonly<Record<NetworkSize, Sizes>> = {
  small: { windowRows: 20, filters: [16, 24, 32], hidden: 24, layers: 1, width: 32, heads: 4, dropout: 0.2 },
  full: {
    windowRows: 60,
    filters: [64, 128, 256],
    hidden: 256,
    layers: 2,
    width: 256,
    heads: 8,
    dropout: 0.3,
  },
};

/**
 * For the next few bars: three convolutions see shapes, an LSTM both ways reads the window, attention of several heads weighs its
 * steps for the newest one. `attention` [batch, heads, 1, time] is what it looked at.
 */
export function shortTermNetwork(features: number, size: NetworkSize): Network {
  const { windowRows, filters, hidden, layers, width, heads, dropout: share } = sizes[size];
  const channels = [features, ...filters];
  const convolutions = kernels.map((kernel, k) =>
    denseShapes(`conv${k}`, kernel * channels[k]!, channels[k + 1]!),
  );
  const recurrences = Array.from({ length: layers }, (_, k) =>
    lstmShapes(`lstm${k}`, k === 0 ? channels.at(-1)! : 2 * hidden, hidden, 2),
  );
  const shapes = Object.assign({}, ...convolutions, ...recurrences, {
    ...denseShapes("project", 2 * hidden, width),
    ...attentionShapes("attention", width),
    ...normShapes("norm", width),
    ...headShapes(width, features),
  }) as ParameterShapes;
  return {
    windowRows,
    shapes,
    build(x, p, dropout) {
      const inTime = transpose(x, [1, 0, 2]);
      let seen = inTime;
      for (const [k, kernel] of kernels.entries())
        seen = relu(conv1d(seen, p[`conv${k}.weight`]!, p[`conv${k}.bias`]!, kernel));
      for (let k = 0; k < layers; k++) seen = dropout(recurrent(seen, p, `lstm${k}`, 2), share);
      const projected = dense(seen, p, "project");
      const newest = lastStep(projected);
      const { attended, weights } = attention(projected, p, "attention", heads, newest);
      const last = norm(add(newest, attended), p, "norm");
      return { raw: head(last, inTime, p, (value) => dropout(value, share)), seen: { attention: weights } };
    },
  };
}
