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
 * Attention of several heads of every time step to every other (Vaswani et al. 2017): x [time, batch, width] to the same shape,
 * and the weights [batch, heads, time, time].
 */
export function attention(
  x: Tensor,
  parameters: Parameters,
  prefix: string,
  heads: number,
): { readonly attended: Tensor; readonly weights: Tensor } {
  const [time, batch, width] = x.shape as readonly [number, number, number];
  const project = (part: string, from: Tensor) =>
    linear(from, parameters[`${prefix}.${part}.weight`]!, parameters[`${prefix}.${part}.bias`]!);
  const perHead = (part: string) =>
    transpose(reshape(project(part, x), [time, batch, heads, width / heads]), [1, 2, 0, 3]);
  const { attended, weights } = attend(perHead("query"), perHead("key"), perHead("value"));
  const joined = reshape(transpose(attended, [2, 0, 1, 3]), [time, batch, width]);
  return { attended: project("out", joined), weights };
}
