import { add, gelu } from "../graph/elementwise.ts";
import type { Tensor } from "../graph/graph.ts";
import { lstm } from "../graph/lstm.ts";
import { glu, layerNorm, linear } from "../graph/matrices.ts";
import { concatenate, reshape, reverse, slice } from "../graph/shapes.ts";
import type { Parameters, ParameterShapes } from "../graph/train-step.ts";

/** Shapes of a layer that turns vectors of one width into those of another. */
export function denseShapes(prefix: string, from: number, to: number): ParameterShapes {
  return { [`${prefix}.weight`]: [from, to], [`${prefix}.bias`]: [to] };
}

/** A dense layer. */
export function dense(x: Tensor, parameters: Parameters, prefix: string): Tensor {
  return linear(x, parameters[`${prefix}.weight`]!, parameters[`${prefix}.bias`]!);
}

/** Shapes of a layer norm. */
export function normShapes(prefix: string, width: number): ParameterShapes {
  return { [`${prefix}.scale`]: [width], [`${prefix}.bias`]: [width] };
}

/** A layer norm. */
export function norm(x: Tensor, parameters: Parameters, prefix: string): Tensor {
  return layerNorm(x, parameters[`${prefix}.scale`]!, parameters[`${prefix}.bias`]!);
}

/** Shapes of an LSTM, one way or both. */
export function lstmShapes(prefix: string, from: number, width: number, ways: 1 | 2): ParameterShapes {
  const names = ["ahead", "back"].slice(0, ways);
  return Object.fromEntries(
    names.flatMap((way) => [
      [`${prefix}.${way}.input.weight`, [from, 4 * width]],
      [`${prefix}.${way}.hidden.weight`, [width, 4 * width]],
      [`${prefix}.${way}.bias`, [4 * width]],
    ]),
  ) as ParameterShapes;
}

/** An LSTM over [time, batch, width], forwards, or both ways with both states side by side. */
export function recurrent(x: Tensor, parameters: Parameters, prefix: string, ways: 1 | 2): Tensor {
  const run = (way: string, from: Tensor) =>
    lstm(from, {
      input: parameters[`${prefix}.${way}.input.weight`]!,
      hidden: parameters[`${prefix}.${way}.hidden.weight`]!,
      bias: parameters[`${prefix}.${way}.bias`]!,
    });
  const ahead = run("ahead", x);
  return ways === 1 ? ahead : concatenate([ahead, reverse(run("back", reverse(x, 0)), 0)], 2);
}

/** Shapes of a gated residual network (Lim et al. 2021). */
export function gatedShapes(prefix: string, from: number, width: number): ParameterShapes {
  return {
    ...denseShapes(`${prefix}.in`, from, width),
    ...denseShapes(`${prefix}.gate`, width, 2 * width),
    ...(from === width ? {} : denseShapes(`${prefix}.skip`, from, width)),
    ...normShapes(`${prefix}.norm`, width),
  };
}

/** A gated residual network: lets through as much of a transformed value as helps, beside the value itself. */
export function gated(x: Tensor, parameters: Parameters, prefix: string): Tensor {
  const inner = gelu(dense(x, parameters, `${prefix}.in`));
  const gate = glu(dense(inner, parameters, `${prefix}.gate`));
  const skip = `${prefix}.skip.weight` in parameters ? dense(x, parameters, `${prefix}.skip`) : x;
  return norm(add(skip, gate), parameters, `${prefix}.norm`);
}

/** The last step of [time, batch, width] alone: [1, batch, width]. */
export function lastStep(x: Tensor): Tensor {
  const time = x.shape[0]!;
  return slice(x, 0, time - 1, time);
}

/** Shapes of the two numbers for the Beta head. */
export function headShapes(width: number, features: number): ParameterShapes {
  return denseShapes("head", width + features, 2);
}

/**
 * Two numbers for the Beta head from what a network made of a window, `last` [.., batch, width], and straight from the newest row of x
 * [time, batch, features]: what a line can see needs no way through the layers (as the linear part of LSTNet, Lai et al. 2018), and
 * is never dropped. `forget` drops of what was made.
 */
export function head(
  last: Tensor,
  x: Tensor,
  parameters: Parameters,
  forget: (value: Tensor) => Tensor,
): Tensor {
  const flat = (of: Tensor) => reshape(of, of.shape.slice(-2));
  return dense(concatenate([forget(flat(last)), flat(lastStep(x))], 1), parameters, "head");
}
