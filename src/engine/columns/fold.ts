import type { IndicatorDefinition, Next } from "../../domain/indicator.ts";
import type { ParamValue } from "../../domain/params.ts";
import { foldLoopOf, type FoldInputs, type FoldLoop } from "./fold-loops.ts";

/**
 * A series of numbers that grows with the rows of its frame. `values` is replaced when it grows: read it through
 * the column. One class for every kind of series keeps the read in a strategy's inner loop monomorphic.
 */
export class Column {
  values: Float64Array = new Float64Array(0);
  /** What a store holds it by, where it can be made again; null for columns of the source itself. */
  holder: string | null = null;
  private readonly update: (column: Column) => void;

  constructor(update: (column: Column) => void) {
    this.update = update;
  }

  /** Computes the rows that were added to the frame. */
  extend(): void {
    this.update(this);
  }
}

const none = new Float64Array(0);
/** Longer columns get less room to spare: a session of months has many. */
const manyRows = 16_384;

/** An array at least `length` long that starts with the values of `array`. */
export function grow(array: Float64Array, length: number): Float64Array {
  if (length <= array.length) return array;
  // History arrives whole and fits exactly; live rows arrive one by one and get room to spare.
  const factor = array.length < manyRows ? 2 : 1.25;
  const larger = new Float64Array(Math.max(length, Math.ceil(array.length * factor)));
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
  private readonly inputs: readonly Column[];
  private readonly rowsNow: () => number;
  private readonly spare: Float64Array[];
  private readonly next: Next;
  private readonly loop: FoldLoop;
  private readonly out: Float64Array;
  private readonly inputValues: FoldInputs = [none, none, none, none, none];
  private readonly outputArrays: Float64Array[] = [];
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
    this.outputs = definition.outputs.map(() => new Column(() => this.extend()));
    this.next = definition.create(params as never, this.out);
    this.loop = foldLoopOf(definition);
  }

  extend(): void {
    const to = this.rowsNow();
    if (this.row >= to) return;
    for (const input of this.inputs) input.extend();
    for (let k = 0; k < this.outputs.length; k++) {
      const output = this.outputs[k]!;
      output.values = this.room(output.values, to);
      this.outputArrays[k] = output.values;
    }
    this.loop(this.next, this.inputArrays(), this.outputArrays, this.out, this.row, to);
    this.row = to;
  }

  /** Columns of other parameters that nobody needs any more give their arrays to new ones. */
  private room(values: Float64Array, rows: number): Float64Array {
    if (values.length === 0 && this.spare.at(-1)?.length === rows) return this.spare.pop()!;
    return grow(values, rows);
  }

  /** Live, this is called for every bar: the array is reused. */
  private inputArrays(): FoldInputs {
    const { inputs, inputValues } = this;
    for (let k = 0; k < inputValues.length; k++) inputValues[k] = (inputs[k] ?? inputs[0]!).values;
    return inputValues;
  }
}
