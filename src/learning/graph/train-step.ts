import { add, divide, multiply, sqrt, subtract } from "./elementwise.ts";
import { Graph, sizeOf, type Shape, type Tensor } from "./graph.ts";
import { concatenate, reshape, split } from "./shapes.ts";

/** What a network learns, by name. */
export type ParameterShapes = Readonly<Record<string, Shape>>;

/** Parameters as values of a graph, by name. */
export type Parameters = Readonly<Record<string, Tensor>>;

export type AdamOptions = {
  readonly weightDecay: number;
  /** Gradients longer than this, all taken together, are shortened to it. */
  readonly gradientNormMax: number;
};

const [keepFirst, keepSecond, smallest] = [0.9, 0.999, 1e-8] as const;

/** The numbers of a network in one row, in the order of its shapes. */
export function parameterCount(shapes: ParameterShapes): number {
  return Object.values(shapes).reduce((total, shape) => total + sizeOf(shape), 0);
}

/** Cuts one row of numbers into parameters. */
export function parametersOf(row: Tensor, shapes: ParameterShapes): Parameters {
  const names = Object.keys(shapes);
  const pieces = split(
    row,
    0,
    names.map((name) => sizeOf(shapes[name]!)),
  );
  return Object.fromEntries(names.map((name, k) => [name, reshape(pieces[k]!, shapes[name]!)]));
}

/**
 * One step of training as one ONNX model: forward, backward, clipping of the gradient and AdamW (Loshchilov and Hutter 2019), with
 * all parameters in one row, and so all moments. Inputs besides those of `loss`: `parameters`, `first`, `second` and, as single
 * numbers that a schedule gives, `rate`, `correction1`, `correction2`. Outputs: the first three after the step, `loss`, and
 * `gradientNorm` before clipping.
 */
export function trainStepGraph(
  shapes: ParameterShapes,
  loss: (graph: Graph, parameters: Parameters) => Tensor,
  { weightDecay, gradientNormMax }: AdamOptions,
): Graph {
  const graph = new Graph();
  const count = [parameterCount(shapes)];
  const [row, first, second] = ["parameters", "first", "second"].map((name) => graph.input(name, count)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const [rate, correction1, correction2] = ["rate", "correction1", "correction2"].map((name) =>
    graph.input(name, []),
  ) as [Tensor, Tensor, Tensor];
  const parameters = graph.unrecorded(() => parametersOf(row, shapes));
  const value = loss(graph, parameters);
  const gradient = concatenate(
    graph.gradients(value, Object.values(parameters)).map((one) => reshape(one, [sizeOf(one.shape)])),
    0,
  );
  graph.unrecorded(() => {
    const norm = sqrt(graph.node("ReduceSumSquare", [gradient], [], { keepdims: 0 }));
    const limit = graph.scalar(1);
    const scale = graph.node("Min", [limit, divide(gradientNormMax, add(norm, 1e-6))], []);
    const clipped = multiply(gradient, scale);
    const mean = add(multiply(first, keepFirst), multiply(clipped, 1 - keepFirst));
    const square = add(multiply(second, keepSecond), multiply(multiply(clipped, clipped), 1 - keepSecond));
    const step = divide(divide(mean, correction1), add(sqrt(divide(square, correction2)), smallest));
    const decayed = weightDecay === 0 ? row : subtract(row, multiply(row, multiply(rate, weightDecay)));
    graph.output("parametersNext", subtract(decayed, multiply(step, rate)));
    graph.output("firstNext", mean);
    graph.output("secondNext", square);
    graph.output("loss", value);
    graph.output("gradientNorm", norm);
  });
  return graph;
}

/** What the moments of the first `steps` steps must be divided by, because they began at zero (Kingma and Ba 2015). */
export function momentCorrections(steps: number): {
  readonly correction1: number;
  readonly correction2: number;
} {
  return { correction1: 1 - keepFirst ** steps, correction2: 1 - keepSecond ** steps };
}

/** The network alone, its parameters inside the file. */
export function inferenceGraph(
  shapes: ParameterShapes,
  row: Float32Array,
  build: (graph: Graph, parameters: Parameters) => Readonly<Record<string, Tensor>>,
): Graph {
  const graph = new Graph();
  let at = 0;
  const parameters = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = row.slice(at, (at += sizeOf(shape)));
      return [name, graph.constant(name, shape, data)];
    }),
  );
  for (const [name, value] of Object.entries(build(graph, parameters))) graph.output(name, value);
  return graph;
}
