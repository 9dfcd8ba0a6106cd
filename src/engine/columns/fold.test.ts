import { expect, test } from "vitest";
import { indicator, type IndicatorDefinition, type Next } from "../../domain/indicator.ts";
import { foldLoopOf } from "./fold-loops.ts";
import { Column, Fold, grow } from "./fold.ts";

const inputNames = ["a", "b", "c", "d", "e"];

/** An indicator of so many inputs and outputs that is made of one function. */
function indicatorOf(
  inputs: number,
  outputs: number,
  create: (out: Float64Array) => Next,
): IndicatorDefinition {
  return indicator({
    name: "test",
    summary: "For this test.",
    formula: "",
    source: "",
    inputs: inputNames.slice(0, inputs),
    outputs: inputNames.slice(0, outputs),
    params: {},
    warmup: () => 0,
    create: (_params, out) => create(out),
  });
}

/** The sum of all that was ever handed in. */
const total = (): Next => {
  let sum = 0;
  return (...values) => (sum += values.reduce((left, right) => left + right, 0));
};

function columnOf(...values: readonly number[]): Column {
  return new Column((column) => {
    column.values = Float64Array.from(values);
  });
}

function foldOver(
  definition: IndicatorDefinition,
  inputs: readonly Column[],
  rows: number,
): readonly number[][] {
  const fold = new Fold(definition, {}, inputs, () => rows);
  fold.extend();
  return fold.outputs.map(({ values }) => [...values]);
}

test("one input is folded row by row, and a row that is missing is passed over and stays missing", () => {
  const [sums] = foldOver(indicatorOf(1, 1, total), [columnOf(1, 2, Number.NaN, 4)], 4);
  expect(sums).toEqual([1, 3, Number.NaN, 7]);
});

test("of two inputs one that is missing is enough to pass a row over", () => {
  const inputs = [columnOf(1, Number.NaN, 4, Number.NaN, 16), columnOf(2, 100, Number.NaN, Number.NaN, 32)];
  expect(foldOver(indicatorOf(2, 1, total), inputs, 5)).toEqual([
    [3, Number.NaN, Number.NaN, Number.NaN, 51],
  ]);
});

test("each of five inputs arrives in its place, and each of them can be missing", () => {
  const places = (): Next => (a, b, c, d, e) => a + 10 * b + 100 * c + 1_000 * d + 10_000 * e;
  const inputs = [0, 1, 2, 3, 4].map((k) =>
    columnOf(...[0, 1, 2, 3, 4, 5].map((row) => (row === k ? Number.NaN : k + 1))),
  );
  const none = Number.NaN;
  const wanted = [none, none, none, none, none, 54_321];
  expect(foldOver(indicatorOf(5, 1, places), inputs, 6)).toEqual([wanted]);
  const twice = (out: Float64Array): Next => {
    const next = places();
    return (...values) => (out[1] = next(...values)) / 2;
  };
  expect(foldOver(indicatorOf(5, 2, twice), inputs, 6)).toEqual([wanted.map((value) => value / 2), wanted]);
});

test("an indicator is not asked about a row in which any of its inputs is missing", () => {
  let asked = 0;
  const counting = (): Next => () => (asked += 1);
  const inputs = [0, 1, 2, 3, 4].map((k) =>
    columnOf(...[0, 1, 2, 3, 4, 5].map((row) => (row === k ? Number.NaN : 1))),
  );
  for (const outputs of [1, 2]) foldOver(indicatorOf(5, outputs, counting), inputs, 6);
  // Of six rows one is whole, for either of them.
  expect(asked).toBe(2);
});

test("an infinite input is a value and no missing one, whatever stands beside it", () => {
  const signs = (): Next => (a, b, c, d, e) =>
    [a, b, c, d, e].reduce((sum, value) => sum * 2 + Number(value > 0), 0);
  const twice = (out: Float64Array): Next => {
    const next = signs();
    return (...values) => (out[1] = next(...values));
  };
  for (const inputs of [2, 3, 5])
    for (const make of [signs, twice]) {
      // Every input is infinite above on one row and below on another, beside each of the others.
      const rows = Array.from({ length: 2 ** inputs }, (_, row) => row);
      const columns = Array.from({ length: inputs }, (_, k) =>
        columnOf(...rows.map((row) => (((row >> k) & 1) === 1 ? Infinity : -Infinity))),
      );
      const [found] = foldOver(indicatorOf(inputs, make === twice ? 2 : 1, make), columns, rows.length);
      expect(found!.some(Number.isNaN)).toBe(false);
    }
});

test("an input that an indicator does not have is the first again, from three inputs and two outputs on", () => {
  const last = (): Next => (_a, _b, _c, d, e) => d * 10 + e;
  expect(foldOver(indicatorOf(3, 1, last), [columnOf(7), columnOf(1), columnOf(2)], 1)).toEqual([[77]]);
});

test.each([
  [1, 1],
  [2, 1],
  [3, 1],
  [5, 2],
])(
  "%i inputs and %i outputs: rows that come one by one are folded as those that come at once",
  (inputs, outputs) => {
    const values: number[] = [];
    let asked = 0;
    // As in a live session there is room behind the last row, with something in it.
    const input = new Column((column) => {
      asked += 1;
      column.values = Float64Array.from([...values, 1_000, 1_000]);
    });
    const columns = Array.from({ length: inputs }, () => input);
    const twice = (out: Float64Array): Next => {
      const next = total();
      return (...given) => (out[1] = 2 * next(...given)) / 2;
    };
    const fold = new Fold(indicatorOf(inputs, outputs, twice), {}, columns, () => values.length);
    fold.extend();
    expect(asked).toBe(0);
    for (const value of [5, 6, 7, 8, 9]) {
      values.push(value);
      fold.extend();
      fold.extend();
    }
    // Without news nobody is asked.
    expect(asked).toBe(5 * inputs);
    // From three inputs on those that are not there are the first one again.
    const times = inputs >= 3 ? 5 : inputs;
    const sums = [5, 11, 18, 26, 35].map((sum) => times * sum);
    expect([...fold.outputs[0]!.values.subarray(0, 5)]).toEqual(sums);
    expect(fold.outputs[0]!.values.slice(5).every((value) => value === 0)).toBe(true);
    if (outputs === 2)
      expect([...fold.outputs[1]!.values.subarray(0, 5)]).toEqual(sums.map((sum) => 2 * sum));
    // The output is a column of its own: to ask it for news is to ask the fold.
    values.push(10);
    fold.outputs[0]!.extend();
    expect(fold.outputs[0]!.values[5]).toBe(45 * times);
  },
);

test("an indicator has one loop of its own however often it is folded, and no other has it", () => {
  const [one, other] = [indicatorOf(3, 1, total), indicatorOf(3, 1, total)];
  expect(foldLoopOf(one)).toBe(foldLoopOf(one));
  expect(foldLoopOf(other)).not.toBe(foldLoopOf(one));
});

test("history fits exactly, and what comes live gets room to spare", () => {
  const three = Float64Array.of(1, 2, 3);
  expect(grow(three, 3)).toBe(three);
  expect(grow(three, 2)).toBe(three);
  expect(grow(new Float64Array(0), 5)).toHaveLength(5);
  expect([...grow(three, 4)]).toEqual([1, 2, 3, 0, 0, 0]);
  expect([...grow(three, 8)]).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
});

test("an array that nobody needs any more is used again where it fits, the last one first", () => {
  const [other, own] = [new Float64Array(9), new Float64Array(2)];
  const spare = [other, own];
  const fold = new Fold(indicatorOf(1, 2, total), {}, [columnOf(1, 2)], () => 2, spare);
  fold.extend();
  expect(fold.outputs[0]!.values).toBe(own);
  expect([...fold.outputs[0]!.values]).toEqual([1 + 1 + 1 + 1 + 1, 15]);
  expect(fold.outputs[1]!.values).toHaveLength(2);
  expect(spare).toEqual([other]);
});
