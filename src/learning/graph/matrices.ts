import { assert } from "../../base/assert.ts";
import { multiply, sigmoid, subtract } from "./elementwise.ts";
import type { Tensor } from "./graph.ts";
import { elementTypes } from "./onnx-model.ts";
import { concatenate, meanAlong, pad, reshape, slice, split, sumAlong, sumTo, transpose } from "./shapes.ts";

/** Rows times a matrix, plus a vector: x [..., in], weight [in, out], bias [out]. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [inner, outer] = weight.shape as readonly [number, number];
  const rows = x.shape.reduce((product, size) => product * size, 1) / inner;
  assert(x.shape.at(-1) === inner, "rows are as wide as the matrix is high");
  return reshape(gemm(reshape(x, [rows, inner]), weight, bias), [...x.shape.slice(0, -1), outer]);
}

function gemm(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  const { graph } = x;
  const [rows, inner] = x.shape as readonly [number, number];
  const outer = weight.shape[1]!;
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  return graph.record(graph.node("Gemm", inputs, [rows, outer]), inputs, (up) => [
    () => graph.node("Gemm", [up, weight], [rows, inner], { transB: 1 }),
    () => graph.node("Gemm", [x, up], [inner, outer], { transA: 1 }),
    () => sumTo(up, [outer]),
  ]);
}

/** Matrix products of the last two axes, the same number of them on both sides. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const { graph } = a;
  assert(a.shape.at(-1) === b.shape.at(-2), "rows are as wide as the matrix is high");
  const product = graph.node("MatMul", [a, b], [...a.shape.slice(0, -1), b.shape.at(-1)!]);
  return graph.record(product, [a, b], (up) => [() => matmul(up, turned(b)), () => matmul(turned(a), up)]);
}

/** The last two axes the other way round. */
export function turned(a: Tensor): Tensor {
  const last = a.shape.length - 1;
  return transpose(a, [...a.shape.keys()].toSpliced(last - 1, 2, last, last - 1));
}

/** Shares along the last axis: exp(a) over its sum. */
export function softmax(a: Tensor): Tensor {
  const { graph } = a;
  const shares = graph.node("Softmax", [a], a.shape, { axis: -1 });
  return graph.record(shares, [a], (up) => [
    () => {
      const weighted = multiply(up, shares);
      return subtract(weighted, multiply(shares, sumAlong(weighted, [a.shape.length - 1])));
    },
  ]);
}

/** Each row of the last axis to mean 0 and deviation 1, then scaled and moved (Ba, Kiros and Hinton 2016). */
export function layerNorm(a: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const { graph } = a;
  const last = a.shape.length - 1;
  const axes = [last];
  const single = a.shape.with(last, 1);
  const found = graph.apply("LayerNormalization", [a, scale, shift], [a.shape, single, single], {
    axis: -1,
    epsilon: { float: 1e-5 },
  });
  const [normed, mean, inverse] = found as readonly [Tensor, Tensor, Tensor];
  return graph.record(normed, [a, scale, shift], (up) => {
    let made: Tensor | null = null;
    const even = () => (made ??= multiply(subtract(a, mean), inverse));
    return [
      () => {
        const own = multiply(up, scale);
        const along = multiply(even(), meanAlong(multiply(own, even()), axes));
        return multiply(subtract(subtract(own, meanAlong(own, axes)), along), inverse);
      },
      () => sumTo(multiply(up, even()), scale.shape),
      () => sumTo(up, shift.shape),
    ];
  });
}

/** Gated linear unit: one half of the last axis, let through by the sigmoid of the other (Dauphin et al. 2017). */
export function glu(a: Tensor): Tensor {
  const last = a.shape.length - 1;
  const half = a.shape[last]! / 2;
  assert(Number.isInteger(half), "a gate needs two halves");
  const { graph } = a;
  const [value, open, gated] = graph.unrecorded(() => {
    const [through, gate] = split(a, last, [half, half]) as readonly [Tensor, Tensor];
    const share = sigmoid(gate);
    return [through, share, multiply(through, share)] as const;
  });
  return graph.record(gated, [a], (up) => [
    () => {
      const own = multiply(up, open);
      return concatenate([own, multiply(multiply(own, value), subtract(1, open))], last);
    },
  ]);
}

/**
 * Convolution along time that keeps the length: x [time, batch, in], weight [kernel * in, out] by lag and then channel, bias
 * [out]. Written as one matrix product over all lags at once, which is what is fast.
 */
export function conv1d(x: Tensor, weight: Tensor, bias: Tensor, kernel: number): Tensor {
  const [time, , channels] = x.shape as readonly [number, number, number];
  assert(kernel % 2 === 1 && weight.shape[0] === kernel * channels, "a kernel has a middle and its channels");
  const side = (kernel - 1) / 2;
  const padded = pad(x, 0, side, side);
  const lags = Array.from({ length: kernel }, (_, lag) => slice(padded, 0, lag, lag + time));
  return linear(concatenate(lags, 2), weight, bias);
}

/** The rows of a table [count, width] that whole numbers name. */
export function embedding(table: Tensor, indices: Tensor): Tensor {
  const { graph } = table;
  const [, width] = table.shape as readonly [number, number];
  const rows = graph.node("Gather", [table, indices], [...indices.shape, width], { axis: 0 });
  return graph.record(rows, [table], (up) => [
    () => {
      const count = indices.shape.reduce((product, size) => product * size, 1);
      const zeros = multiply(table, 0);
      // Rows that are named twice get both gradients.
      const flat = reshape(up, [count, width]);
      const listed = graph.node("Reshape", [indices, graph.indices([count, 1])], [count, 1]);
      const place = graph.node("Cast", [listed], [count, 1], { to: elementTypes.int64 });
      return graph.node("ScatterND", [zeros, place, flat], table.shape, { reduction: "add" });
    },
  ]);
}

/** Attention of several heads over time: queries, keys, values [batch, heads, time, width]. Returns values and weights. */
export function attend(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
): { readonly attended: Tensor; readonly weights: Tensor } {
  const width = queries.shape.at(-1)!;
  const weights = softmax(multiply(matmul(queries, turned(keys)), 1 / Math.sqrt(width)));
  return { attended: matmul(weights, values), weights };
}
