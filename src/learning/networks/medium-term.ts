import { add, multiply } from "../graph/elementwise.ts";
import { glu, linear, softmax } from "../graph/matrices.ts";
import { reshape, transpose } from "../graph/shapes.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Parameters, ParameterShapes } from "../graph/train-step.ts";
import { attention, attentionShapes } from "./attention-block.ts";
import {
  dense,
  denseShapes,
  gated,
  gatedShapes,
  head,
  headShapes,
  lastStep,
  lstmShapes,
  norm,
  normShapes,
  recurrent,
} from "./blocks.ts";
import type { Network, NetworkSize } from "./network.ts";

const sizes = {
  small: { windowRows: 30, width: 24, heads: 4, dropout: 0.2 },
  full: { windowRows: 60, width: 128, heads: 8, dropout: 0.3 },
} as const;

/**
 * For the next day or so: a temporal fusion transformer (Lim et al. 2021) without static and known-future inputs. Every feature has
 * a vector of its own and a weight that depends on the moment; an LSTM reads what is selected, attention looks back over it,
 * and gates leave out what does not help. Only the newest step looks back, because only it is asked. `selection` [batch, features]
 * and `attention` [batch, heads, 1, time] are what it looked at.
 */
export function mediumTermNetwork(features: number, size: NetworkSize): Network {
  const { windowRows, width, heads, dropout: share } = sizes[size];
  const shapes: ParameterShapes = {
    "vector.weight": [features, width],
    "vector.bias": [features, width],
    ...gatedShapes("select", features, features),
    ...lstmShapes("lstm", width, width, 1),
    ...residualShapes("remember", width),
    ...attentionShapes("attention", width),
    ...residualShapes("attend", width),
    ...gatedShapes("think", width, width),
    ...headShapes(width, features),
  };
  return {
    windowRows,
    shapes,
    build(x, p, dropout) {
      const batch = x.shape[0]!;
      const inTime = transpose(x, [1, 0, 2]);
      const weights = softmax(gated(inTime, p, "select"));
      const chosen = select(inTime, weights, p);
      const remembered = residual(chosen, dropout(recurrent(chosen, p, "lstm", 1), share), p, "remember");
      const newest = lastStep(remembered);
      const { attended, weights: looks } = attention(remembered, p, "attention", heads, newest);
      const joined = residual(newest, dropout(attended, share), p, "attend");
      const selection = reshape(lastStep(weights), [batch, features]);
      return {
        raw: head(gated(joined, p, "think"), inTime, p, (value) => dropout(value, share)),
        seen: { selection, attention: looks },
      };
    },
  };
}

/**
 * The vectors of the features, each by its weight, summed: [time, batch, width]. A vector is its feature times `weight` plus `bias`, so
 * the sum is two matrix products, and no vector of a single feature is ever written down.
 */
function select(x: Tensor, weights: Tensor, p: Parameters): Tensor {
  return add(linear(multiply(x, weights), p["vector.weight"]!), linear(weights, p["vector.bias"]!));
}

function residualShapes(prefix: string, width: number): ParameterShapes {
  return { ...denseShapes(`${prefix}.gate`, width, 2 * width), ...normShapes(`${prefix}.norm`, width) };
}

/** A value and, through a gate, what was made of it. */
function residual(x: Tensor, made: Tensor, p: Parameters, prefix: string): Tensor {
  return norm(add(x, glu(dense(made, p, `${prefix}.gate`))), p, `${prefix}.norm`);
}
