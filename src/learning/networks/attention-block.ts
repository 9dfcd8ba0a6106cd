import { linear, attend } from "../graph/matrices.ts";
import type { Tensor } from "../graph/graph.ts";
import { reshape, transpose } from "../graph/shapes.ts";
import type { Parameters, ParameterShapes } from "../graph/train-step.ts";

/** Shapes of the weights of an attention of several heads over vectors of `width`. */
export function attentionShapes(prefix: string, width: number): ParameterShapes {
  const parts = ["query", "key", "value", "out"].flatMap((part) => [
    [`${prefix}.${part}.weight`, [width, width]] as const,
    [`${prefix}.${part}.bias`, [width]] as const,
  ]);
  return Object.fromEntries(parts);
}

/**
 * Attention of several heads of the steps `asking` [steps, batch, width] to every step of x [time, batch, width] (Vaswani et al.
 * 2017): to the shape of `asking`, and the weights [batch, heads, steps, time].
 */
export function attention(
  x: Tensor,
  parameters: Parameters,
  prefix: string,
  heads: number,
  asking: Tensor = x,
): { readonly attended: Tensor; readonly weights: Tensor } {
  const project = (part: string, from: Tensor) =>
    linear(from, parameters[`${prefix}.${part}.weight`]!, parameters[`${prefix}.${part}.bias`]!);
  const perHead = (part: string, from: Tensor) => {
    const [time, batch, width] = from.shape as readonly [number, number, number];
    return transpose(reshape(project(part, from), [time, batch, heads, width / heads]), [1, 2, 0, 3]);
  };
  const { attended, weights } = attend(perHead("query", asking), perHead("key", x), perHead("value", x));
  const joined = reshape(transpose(attended, [2, 0, 1, 3]), asking.shape);
  return { attended: project("out", joined), weights };
}
