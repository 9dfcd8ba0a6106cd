import type { IndicatorDefinition, Next } from "../../domain/indicator.ts";
import type { ParamValue } from "../../domain/params.ts";

/**
 * A series of numbers that grows with the rows of its frame. `values` is replaced when it grows: read it through
 * the column. One class for every kind of series keeps the read in a strategy's inner loop monomorphic.
 */
export class Column {
  values: Float64Array = new Float64Array(0);
  /** The fold that makes it; null for columns of the source itself. */
  readonly fold: Fold | null;
  private readonly update: (column: Column) => void;

  constructor(update: (column: Column) => void, fold: Fold | null = null) {
    this.update = update;
    this.fold = fold;
  }

  /** Computes the rows that were added to the frame. */
  extend(): void {
    this.update(this);
  }
}

/** An array at least `length` long that starts with the values of `array`. */
export function grow(array: Float64Array, length: number): Float64Array {
  if (length <= array.length) return array;
  // History arrives whole and fits exactly; live rows arrive one by one and get room to spare.
  const larger = new Float64Array(array.length === 0 ? length : Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}

/**
 * The one way in which an indicator becomes numbers: a fold over its input columns, from the oldest row on.
 * History folds all rows at once, a live session one row per bar, through this same code.
 * A row with a missing input is skipped: its outputs are NaN and the indicator's state stays.
 */
export class Fold {
  readonly outputs: readonly Column[];
  /** Number of the run that used it last. */
  lastRun = 0;
  private readonly inputs: readonly Column[];
  private readonly rowsNow: () => number;
  private readonly spare: Float64Array[];
  private readonly next: Next;
  private readonly out: Float64Array;
  private row = 0;

  constructor(
    definition: IndicatorDefinition,
    params: Readonly<Record<string, ParamValue>>,
    inputs: readonly Column[],
    rowsNow: () => number,
    spare: Float64Array[] = [],
  ) {
    this.inputs = inputs;
    this.rowsNow = rowsNow;
    this.spare = spare;
    this.out = new Float64Array(definition.outputs.length);
    this.outputs = definition.outputs.map(() => new Column(() => this.extend(), this));
    this.next = definition.create(params as never, this.out);
  }

  extend(): void {
    const to = this.rowsNow();
    if (this.row >= to) return;
    for (const input of this.inputs) input.extend();
    for (const output of this.outputs) output.values = this.room(output.values, to);
    if (this.outputs.length > 1) this.foldMany(to);
    else if (this.inputs.length === 1) this.foldOne(to);
    else if (this.inputs.length === 2) this.foldTwo(to);
    else this.foldSeveral(to);
    this.row = to;
  }

  /** Columns of other parameters that nobody needs any more give their arrays to new ones. */
  private room(values: Float64Array, rows: number): Float64Array {
    if (values.length === 0 && this.spare.at(-1)?.length === rows) return this.spare.pop()!;
    return grow(values, rows);
  }

  /** One input, one output: the common case, without the loops over both. */
  private foldOne(to: number): void {
    const { next } = this;
    const input = this.inputs[0]!.values;
    const output = this.outputs[0]!.values;
    for (let row = this.row; row < to; row++) {
      const value = input[row]!;
      output[row] = value === value ? next(value, 0, 0, 0, 0) : Number.NaN;
    }
  }

  private foldTwo(to: number): void {
    const { next } = this;
    const [a, b] = this.inputArrays();
    const output = this.outputs[0]!.values;
    for (let row = this.row; row < to; row++) {
      const x = a[row]!;
      const y = b[row]!;
      output[row] = x === x && y === y ? next(x, y, 0, 0, 0) : Number.NaN;
    }
  }

  private foldSeveral(to: number): void {
    const { next } = this;
    const [a, b, c, d, e] = this.inputArrays();
    const output = this.outputs[0]!.values;
    for (let row = this.row; row < to; row++) {
      const sum = a[row]! + b[row]! + c[row]! + d[row]! + e[row]!;
      output[row] = sum === sum ? next(a[row]!, b[row]!, c[row]!, d[row]!, e[row]!) : Number.NaN;
    }
  }

  private foldMany(to: number): void {
    const { next, out } = this;
    const outputs = this.outputs.map((output) => output.values);
    const [a, b, c, d, e] = this.inputArrays();
    for (let row = this.row; row < to; row++) {
      const sum = a[row]! + b[row]! + c[row]! + d[row]! + e[row]!;
      if (sum === sum) out[0] = next(a[row]!, b[row]!, c[row]!, d[row]!, e[row]!);
      else out.fill(Number.NaN);
      for (let k = 0; k < outputs.length; k++) outputs[k]![row] = out[k]!;
    }
  }

  /** Five arrays; an input that the indicator does not have repeats the first, which changes no NaN check. */
  private inputArrays(): [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array] {
    const arrays = this.inputs.map((input) => input.values);
    const first = arrays[0]!;
    return [first, arrays[1] ?? first, arrays[2] ?? first, arrays[3] ?? first, arrays[4] ?? first];
  }
}
