import { assert } from "../../base/assert.ts";
import type { Shape, Tensor } from "./graph.ts";
import { elementTypes } from "./onnx-model.ts";
import { expandTo, reshape, sumTo } from "./shapes.ts";

type Value = Tensor | number;

/** The shape that two shapes meet in: sizes are equal, or one of them is 1 or left out at the front. */
function meeting(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, k) => {
    const one = a[a.length - rank + k] ?? 1;
    const other = b[b.length - rank + k] ?? 1;
    assert(one === other || one === 1 || other === 1, "sizes are equal, or one of them is 1");
    return Math.max(one, other);
  });
}

function both(a: Value, b: Value): readonly [Tensor, Tensor] {
  if (typeof a !== "number") return [a, typeof b === "number" ? a.graph.scalar(b) : b];
  assert(typeof b !== "number", "one of two values is a tensor");
  return [b.graph.scalar(a), b];
}

function binary(operator: string, a: Tensor, b: Tensor): Tensor {
  return a.graph.node(operator, [a, b], meeting(a.shape, b.shape));
}

function unary(operator: string, a: Tensor): Tensor {
  return a.graph.node(operator, [a], a.shape);
}

/** a + b, element by element; sizes of 1 are repeated, here as everywhere below. */
export function add(left: Value, right: Value): Tensor {
  const [a, b] = both(left, right);
  return a.graph.record(binary("Add", a, b), [a, b], (up) => [
    () => sumTo(up, a.shape),
    () => sumTo(up, b.shape),
  ]);
}

/** a - b. */
export function subtract(left: Value, right: Value): Tensor {
  const [a, b] = both(left, right);
  return a.graph.record(binary("Sub", a, b), [a, b], (up) => [
    () => sumTo(up, a.shape),
    () => sumTo(negate(up), b.shape),
  ]);
}

/** a times b. */
export function multiply(left: Value, right: Value): Tensor {
  const [a, b] = both(left, right);
  return a.graph.record(binary("Mul", a, b), [a, b], (up) => [
    () => sumTo(multiply(up, b), a.shape),
    () => sumTo(multiply(up, a), b.shape),
  ]);
}

/** a over b. */
export function divide(left: Value, right: Value): Tensor {
  const [a, b] = both(left, right);
  const quotient = binary("Div", a, b);
  return a.graph.record(quotient, [a, b], (up) => [
    () => sumTo(divide(up, b), a.shape),
    () => sumTo(negate(divide(multiply(up, quotient), b)), b.shape),
  ]);
}

/** -a. */
export function negate(a: Tensor): Tensor {
  return a.graph.record(unary("Neg", a), [a], (up) => [() => negate(up)]);
}

/** The natural logarithm. */
export function log(a: Tensor): Tensor {
  return a.graph.record(unary("Log", a), [a], (up) => [() => divide(up, a)]);
}

/** e to the power of a. */
export function exp(a: Tensor): Tensor {
  const power = unary("Exp", a);
  return a.graph.record(power, [a], (up) => [() => multiply(up, power)]);
}

/** The square root. */
export function sqrt(a: Tensor): Tensor {
  const root = unary("Sqrt", a);
  return a.graph.record(root, [a], (up) => [() => divide(multiply(up, 0.5), root)]);
}

/** a where it is positive, else 0. */
export function relu(a: Tensor): Tensor {
  const positive = unary("Relu", a);
  return a.graph.record(positive, [a], (up) => [() => multiply(up, unary("Sign", positive))]);
}

/** 1 / (1 + exp(-a)). */
export function sigmoid(a: Tensor): Tensor {
  const share = unary("Sigmoid", a);
  return a.graph.record(share, [a], (up) => [() => multiply(up, multiply(share, subtract(1, share)))]);
}

/** The hyperbolic tangent. */
export function tanh(a: Tensor): Tensor {
  const value = unary("Tanh", a);
  return a.graph.record(value, [a], (up) => [() => multiply(up, subtract(1, multiply(value, value)))]);
}

/** ln(1 + exp(a)): positive, and a itself where a is large. */
export function softplus(a: Tensor): Tensor {
  return a.graph.record(unary("Softplus", a), [a], (up) => [() => multiply(up, sigmoid(a))]);
}

/** a times the share of a standard normal distribution below it (Hendrycks and Gimpel 2016), by the error function. */
export function gelu(a: Tensor): Tensor {
  const below = a.graph.unrecorded(() => multiply(add(unary("Erf", multiply(a, Math.SQRT1_2)), 1), 0.5));
  return a.graph.record(binary("Mul", a, below), [a], (up) => [
    () => {
      const density = multiply(exp(multiply(multiply(a, a), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return multiply(up, add(below, multiply(a, density)));
    },
  ]);
}

/** Zeroes what a mask of bytes has as 0, and scales up the rest by `1 / keep`. */
export function dropout(a: Tensor, mask: Tensor, keep: number): Tensor {
  const kept = multiply(a.graph.node("Cast", [mask], mask.shape, { to: elementTypes.float }), 1 / keep);
  return multiply(a, reshape(kept, a.shape));
}

/** ln of the gamma function of a > 0: Stirling's series at a + 6 (Abramowitz and Stegun 6.1.41), stepped down six times. */
export function logGamma(a: Tensor): Tensor {
  const z = add(a, 6);
  const inverse = divide(1, z);
  const square = multiply(inverse, inverse);
  const series = multiply(inverse, add(1 / 12, multiply(square, add(-1 / 360, multiply(square, 1 / 1260)))));
  const far = add(add(subtract(multiply(subtract(z, 0.5), log(z)), z), 0.5 * Math.log(2 * Math.PI)), series);
  let product = a;
  for (let step = 1; step < 6; step++) product = multiply(product, add(a, step));
  return subtract(far, log(product));
}

/** The mean of every number, as a single one. */
export function meanOfAll(a: Tensor): Tensor {
  const count = a.shape.reduce((product, size) => product * size, 1);
  const mean = a.graph.node("ReduceMean", [a], [], { keepdims: 0 });
  return a.graph.record(mean, [a], (up) => [() => expandTo(multiply(up, 1 / count), a.shape)]);
}
