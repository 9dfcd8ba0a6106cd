import { add, multiply, sigmoid, subtract, tanh } from "./elementwise.ts";
import type { Tensor } from "./graph.ts";
import { concatenate, reshape, slice, split, sumTo, transpose } from "./shapes.ts";

/** Weights of a long short-term memory, gates in the order input, forget, cell, output, as PyTorch has them. */
export type LstmWeights = {
  /** [in, 4 * hidden] */
  readonly input: Tensor;
  /** [hidden, 4 * hidden] */
  readonly hidden: Tensor;
  /** [4 * hidden] */
  readonly bias: Tensor;
};

/**
 * Long short-term memory over x [time, batch, in], beginning at zero; returns the hidden state of every step [time, batch, hidden]
 * (Hochreiter and Schmidhuber 1997; forget gate by Gers et al. 2000). Forward is the runtime's own kernel. It keeps no gates, so
 * the way back computes those of all steps in one matrix product, and walks back in time only where it must.
 */
export function lstm(x: Tensor, weights: LstmWeights): Tensor {
  const { graph } = x;
  const { input, hidden, bias } = weights;
  const states = forward(x, weights);
  return graph.record(states, [x, input, hidden, bias], (up) => {
    let made: Backward | null = null;
    const back = () => (made ??= backward(x, weights, states, up));
    const [time, batch, wide] = x.shape as readonly [number, number, number];
    const rows = time * batch;
    const gates = bias.shape[0]!;
    const product = (a: Tensor, b: Tensor, width: number) =>
      graph.node("Gemm", [a, b], [width, gates], { transA: 1 });
    return [
      () => reshape(graph.node("Gemm", [back().gates, input], [rows, wide], { transB: 1 }), x.shape),
      () => product(reshape(x, [rows, wide]), back().gates, wide),
      () => product(back().before, back().gates, hidden.shape[0]!),
      () => sumTo(back().gates, bias.shape),
    ];
  });
}

/** The runtime's order of gates is input, output, forget, cell. */
function toRuntimeOrder(weight: Tensor, width: number): Tensor {
  const axis = weight.shape.length - 1;
  const [i, f, c, o] = split(weight, axis, [width, width, width, width]) as readonly [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  return concatenate([i, o, f, c], axis);
}

function forward(x: Tensor, { input, hidden, bias }: LstmWeights): Tensor {
  const [time, batch, wide] = x.shape as readonly [number, number, number];
  const width = hidden.shape[0]!;
  return x.graph.unrecorded(() => {
    const inner = reshape(transpose(toRuntimeOrder(input, width), [1, 0]), [1, 4 * width, wide]);
    const recurrent = reshape(transpose(toRuntimeOrder(hidden, width), [1, 0]), [1, 4 * width, width]);
    const offset = toRuntimeOrder(bias, width);
    const offsets = reshape(concatenate([offset, multiply(offset, 0)], 0), [1, 8 * width]);
    const shape = [time, 1, batch, width];
    const states = x.graph.node("LSTM", [x, inner, recurrent, offsets], shape, { hidden_size: width });
    return reshape(states, [time, batch, width]);
  });
}

/** Gradients of the gates before their squashing, and the hidden states before each step, both [time * batch, ...]. */
type Backward = { readonly gates: Tensor; readonly before: Tensor };

function backward(x: Tensor, { input, hidden, bias }: LstmWeights, states: Tensor, up: Tensor): Backward {
  const { graph } = x;
  const [time, batch, wide] = x.shape as readonly [number, number, number];
  const width = hidden.shape[0]!;
  const rows = time * batch;
  const steps = (a: Tensor) => split(a, 0, Array<number>(time).fill(batch));
  const zero = multiply(reshape(slice(states, 0, 0, 1), [batch, width]), 0);
  const earlier = reshape(slice(states, 0, 0, time - 1), [rows - batch, width]);
  const before = concatenate([zero, earlier], 0);
  const fromInput = graph.node("Gemm", [reshape(x, [rows, wide]), input, bias], [rows, 4 * width]);
  const all = graph.node("Gemm", [before, hidden, fromInput], [rows, 4 * width]);
  const [inForget, cellIn, outIn] = split(all, 1, [2 * width, width, width]) as readonly [
    Tensor,
    Tensor,
    Tensor,
  ];
  const [i, f] = split(sigmoid(inForget), 1, [width, width]) as readonly [Tensor, Tensor];
  const [g, o] = [tanh(cellIn), sigmoid(outIn)];
  const forgets = steps(f);
  const cells = cellsOf(steps(multiply(i, g)), forgets);
  const tanhCell = tanh(concatenate(cells, 0));
  const cellBefore = concatenate([zero, ...cells.slice(0, -1)], 0);
  const toCell = steps(multiply(o, subtract(1, multiply(tanhCell, tanhCell))));
  // What one unit of the cell's (or for the last part, the state's) gradient is to each gate before squashing.
  const toGates = steps(
    concatenate(
      [
        multiply(g, slope(i)),
        multiply(cellBefore, slope(f)),
        multiply(i, subtract(1, multiply(g, g))),
        multiply(tanhCell, slope(o)),
      ],
      1,
    ),
  );
  const upward = steps(reshape(up, [rows, width]));
  const gates = Array<Tensor>(time);
  let cellFlow: Tensor | null = null;
  for (let step = time - 1; step >= 0; step--) {
    const later = gates[step + 1];
    const state: Tensor =
      later === undefined
        ? upward[step]!
        : graph.node("Gemm", [later, hidden, upward[step]!], [batch, width], { transB: 1 });
    const own: Tensor = multiply(state, toCell[step]!);
    cellFlow = cellFlow === null ? own : add(own, multiply(cellFlow, forgets[step + 1]!));
    gates[step] = multiply(concatenate([cellFlow, cellFlow, cellFlow, state], 1), toGates[step]!);
  }
  return { gates: concatenate(gates, 0), before };
}

/** The cell of every step: what is let in, and what is kept of the one before. */
function cellsOf(letIn: readonly Tensor[], forgets: readonly Tensor[]): readonly Tensor[] {
  const cells = [letIn[0]!];
  for (let step = 1; step < letIn.length; step++)
    cells.push(add(multiply(forgets[step]!, cells[step - 1]!), letIn[step]!));
  return cells;
}

/** The slope of a sigmoid, by its value. */
function slope(share: Tensor): Tensor {
  return multiply(share, subtract(1, share));
}
