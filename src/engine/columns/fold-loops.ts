import type { IndicatorDefinition, Next } from "../../domain/indicator.ts";

/** Inputs, at most five; one that the indicator does not have repeats the first, which changes no NaN check. */
export type FoldInputs = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/** Folds rows `from` to `to - 1` of the inputs into the outputs. `out` is where `next` leaves its further outputs. */
export type FoldLoop = (
  next: Next,
  inputs: FoldInputs,
  outputs: readonly Float64Array[],
  out: Float64Array,
  from: number,
  to: number,
) => void;

/** One input, one output: the common case, without the loops over both. */
const foldOne: FoldLoop = (next, inputs, outputs, _out, from, to) => {
  const [input] = inputs;
  const output = outputs[0]!;
  for (let row = from; row < to; row++) {
    const value = input[row]!;
    output[row] = value === value ? next(value, 0, 0, 0, 0) : Number.NaN;
  }
};

const foldTwo: FoldLoop = (next, inputs, outputs, _out, from, to) => {
  const [a, b] = inputs;
  const output = outputs[0]!;
  for (let row = from; row < to; row++) {
    const x = a[row]!;
    const y = b[row]!;
    output[row] = x === x && y === y ? next(x, y, 0, 0, 0) : Number.NaN;
  }
};

const foldSeveral: FoldLoop = (next, inputs, outputs, _out, from, to) => {
  const [a, b, c, d, e] = inputs;
  const output = outputs[0]!;
  for (let row = from; row < to; row++) {
    const v = a[row]!;
    const w = b[row]!;
    const x = c[row]!;
    const y = d[row]!;
    const z = e[row]!;
    output[row] = v === v && w === w && x === x && y === y && z === z ? next(v, w, x, y, z) : Number.NaN;
  }
};

const foldMany: FoldLoop = (next, inputs, outputs, out, from, to) => {
  const [a, b, c, d, e] = inputs;
  for (let row = from; row < to; row++) {
    const v = a[row]!;
    const w = b[row]!;
    const x = c[row]!;
    const y = d[row]!;
    const z = e[row]!;
    if (v === v && w === w && x === x && y === y && z === z) out[0] = next(v, w, x, y, z);
    else out.fill(Number.NaN);
    for (let k = 0; k < outputs.length; k++) outputs[k]![row] = out[k]!;
  }
};

const copies = new WeakMap<IndicatorDefinition["create"], FoldLoop>();

/**
 * The loop that folds an indicator: a copy of its own of one of the loops above. V8 compiles a loop for what it has seen
 * called in it; in one loop for all indicators it can look into none of them, and a row costs twice as much.
 */
export function foldLoopOf({ create, inputs, outputs }: IndicatorDefinition): FoldLoop {
  let loop = copies.get(create);
  if (loop === undefined) {
    loop = copyOf(
      outputs.length > 1
        ? foldMany
        : inputs.length === 1
          ? foldOne
          : inputs.length === 2
            ? foldTwo
            : foldSeveral,
    );
    copies.set(create, loop);
  }
  return loop;
}

let copiesMade = 0;

/** The same function compiled apart. The loops above use nothing but their parameters, so their text is all of them. */
function copyOf(loop: FoldLoop): FoldLoop {
  copiesMade += 1;
  // Equal texts share what is known about them; the number makes every text another one.
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- our own text, from this file
  return new Function(`return ${loop.toString()} // ${copiesMade}`)() as FoldLoop;
}
