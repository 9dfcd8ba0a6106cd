import { assert } from "../../base/assert.ts";
import { isSameShape, sizeOf, type Shape, type Tensor } from "./graph.ts";

/** The same numbers in another shape. */
export function reshape(a: Tensor, shape: Shape): Tensor {
  if (isSameShape(a.shape, shape)) return a;
  assert(sizeOf(a.shape) === sizeOf(shape), "another shape holds as many numbers");
  const shaped = a.graph.node("Reshape", [a, a.graph.indices(shape)], shape);
  return a.graph.record(shaped, [a], (up) => [() => reshape(up, a.shape)]);
}

/** Axes in another order: axis k of the result is axis `order[k]` of `a`. */
export function transpose(a: Tensor, order: readonly number[]): Tensor {
  const shape = order.map((axis) => a.shape[axis]!);
  const turned = a.graph.node("Transpose", [a], shape, { perm: { ints: order } });
  const back = order.map((_, axis) => order.indexOf(axis));
  return a.graph.record(turned, [a], (up) => [() => transpose(up, back)]);
}

/** Rows `from` to before `to` along an axis. */
export function slice(a: Tensor, axis: number, from: number, to: number): Tensor {
  assert(from >= 0 && from < to && to <= a.shape[axis]!, "a slice lies inside its axis");
  const { graph } = a;
  const shape = a.shape.with(axis, to - from);
  const ends = [graph.indices([from]), graph.indices([to]), graph.indices([axis])];
  const part = graph.node("Slice", [a, ...ends], shape);
  return graph.record(part, [a], (up) => [() => pad(up, axis, from, a.shape[axis]! - to)]);
}

/** Zeroes before and behind, along an axis. */
export function pad(a: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return a;
  const { graph } = a;
  const size = a.shape[axis]!;
  const zeros = Array<number>(2 * a.shape.length).fill(0);
  const counts = zeros.with(axis, before).with(a.shape.length + axis, after);
  const padded = graph.node("Pad", [a, graph.indices(counts)], a.shape.with(axis, before + size + after));
  return graph.record(padded, [a], (up) => [() => slice(up, axis, before, before + size)]);
}

/** The last row along an axis first. */
export function reverse(a: Tensor, axis: number): Tensor {
  const { graph } = a;
  const ends = [graph.indices([-1]), graph.indices([-(2 ** 31)]), graph.indices([axis]), graph.indices([-1])];
  return graph.record(graph.node("Slice", [a, ...ends], a.shape), [a], (up) => [() => reverse(up, axis)]);
}

/** One behind the other along an axis. */
export function concatenate(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts as readonly [Tensor];
  if (parts.length === 1) return first;
  const sizes = parts.map(({ shape }) => shape[axis]!);
  const whole = first.graph.node("Concat", parts, first.shape.with(axis, sum(sizes)), { axis });
  return first.graph.record(whole, parts, (up) => {
    let pieces: readonly Tensor[] | null = null;
    return parts.map((_, k) => () => (pieces ??= split(up, axis, sizes))[k]!);
  });
}

/** Cuts into pieces of these sizes along an axis. */
export function split(a: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] {
  assert(sum(sizes) === a.shape[axis], "pieces make up the whole");
  if (sizes.length === 1) return [a];
  const shapes = sizes.map((size) => a.shape.with(axis, size));
  const pieces = a.graph.apply("Split", [a, a.graph.indices(sizes)], shapes, { axis });
  let from = 0;
  for (const [k, piece] of pieces.entries()) {
    const [before, after] = [from, a.shape[axis]! - from - sizes[k]!];
    a.graph.record(piece, [a], (up) => [() => pad(up, axis, before, after)]);
    from += sizes[k]!;
  }
  return pieces;
}

/** The sum along axes, which stay with size 1. */
export function sumAlong(a: Tensor, axes: readonly number[]): Tensor {
  const shape = a.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const total = a.graph.node("ReduceSum", [a, a.graph.indices(axes)], shape, { keepdims: 1 });
  return a.graph.record(total, [a], (up) => [() => expandTo(up, a.shape)]);
}

/** The mean along axes, which stay with size 1. */
export function meanAlong(a: Tensor, axes: readonly number[]): Tensor {
  const count = axes.reduce((product, axis) => product * a.shape[axis]!, 1);
  const total = sumAlong(a, axes);
  const mean = a.graph.node("Div", [total, a.graph.scalar(count)], total.shape);
  return a.graph.record(mean, [total], (up) => [
    () => up.graph.node("Div", [up, up.graph.scalar(count)], up.shape),
  ]);
}

/** The largest number along an axis, which goes; where several are, the first of them has the gradient. */
export function maxAlong(a: Tensor, axis: number): Tensor {
  const { graph } = a;
  const kept = a.shape.with(axis, 1);
  const largest = graph.node("ReduceMax", [a], kept, { axes: { ints: [axis] }, keepdims: 1 });
  const flat = a.shape.toSpliced(axis, 1);
  return reshape(
    graph.record(largest, [a], (up) => [
      () => {
        const place = graph.node("ArgMax", [a], kept, { axis, keepdims: 1 });
        const zeros = graph.node("Mul", [a, graph.scalar(0)], a.shape);
        return graph.node("ScatterElements", [zeros, place, up], a.shape, { axis });
      },
    ]),
    flat,
  );
}

/** Sums what was repeated, so that a gradient has the shape of what it belongs to. */
export function sumTo(a: Tensor, shape: Shape): Tensor {
  if (isSameShape(a.shape, shape)) return a;
  const lead = a.shape.length - shape.length;
  const axes = [...a.shape.keys()].filter(
    (axis) => axis < lead || (shape[axis - lead] === 1 && a.shape[axis] !== 1),
  );
  return reshape(axes.length === 0 ? a : sumAlong(a, axes), shape);
}

/** Repeats along axes of size 1. */
export function expandTo(a: Tensor, shape: Shape): Tensor {
  if (isSameShape(a.shape, shape)) return a;
  const larger = a.graph.node("Expand", [a, a.graph.indices(shape)], shape);
  return a.graph.record(larger, [a], (up) => [() => sumTo(up, a.shape)]);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
