import { expect, test } from "vitest";
import { barsFrom } from "../../test/plugin-tools.ts";
import { JointReturns } from "./joint-returns.ts";
import { largestPart } from "./largest-part.ts";

/** Bars that close at these prices. */
function closes(...prices: readonly number[]) {
  return barsFrom(prices.map((price) => [price, price, price, price]));
}

/** A memory of so many instants that has seen the given rows of each table; null: no bar at that instant. */
function seen(
  length: number,
  tables: readonly ReturnType<typeof closes>[],
  ...rows: readonly (number | null)[][]
) {
  const returns = new JointReturns(tables, length);
  for (const [k, at] of rows.entries()) {
    const present = at.flatMap((row, index) => (row === null ? [] : [[index, row] as const]));
    returns.add({
      timeMs: k,
      count: present.length,
      instruments: Int32Array.from(present, ([index]) => index),
      rows: Int32Array.from(present, ([, row]) => row),
    });
  }
  return returns;
}

function made(returns: JointReturns, ...values: readonly number[]): readonly number[] {
  const sum = new Float64Array(returns.count);
  for (const [index, value] of values.entries()) returns.addMade(sum, index, value);
  return [...sum].map((one) => Math.round(one * 1e9) / 1e9);
}

test("what holdings would have made is told oldest first, and the oldest is forgotten", () => {
  const tables = [closes(100, 110, 121, 108.9), closes(50, 50, 25, 50)];
  expect(made(seen(10, tables, [0, 0], [1, 1], [2, 2], [3, 3]), 100, 10)).toEqual([0, 10, 5, 0]);
  expect(made(seen(10, [closes(0.5, 0.75)], [0], [1]), 100)).toEqual([0, 50]);
  const short = seen(3, tables, [0, 0], [1, 1], [2, 2], [3, 3]);
  expect([short.count, made(short, 100, 0)]).toEqual([3, [10, 10, -10]]);
});

test("an instant without any bar is none, and a symbol without one did not move and loses nothing by it", () => {
  const tables = [closes(100, 110), closes(10, 11, 12.1)];
  const returns = seen(10, tables, [0, 0], [null, null], [null, 1], [1, 2]);
  expect([returns.count, made(returns, 100, 0), made(returns, 0, 100)]).toEqual([3, [0, 0, 10], [0, 10, 10]]);
});

test("a symbol without a bar did not move, whatever stood in the place of a forgotten instant", () => {
  const tables = [closes(100, 110, 121), closes(10, 10, 10, 10)];
  expect(made(seen(2, tables, [0, 0], [1, 1], [null, 2], [null, 3]), 100, 0)).toEqual([0, 0]);
});

test("a price of nothing, or none, is passed over: the next one is compared with the last good one", () => {
  const tables = [closes(100, Number.NaN, 110, 0, 121)];
  expect(made(seen(10, tables, [0], [1], [2], [3], [4]), 100)).toEqual([0, 0, 10, -100, 10]);
});

test("a correlation is that of the returns, reckoned by hand", () => {
  // Returns 10 %, -10 %, 10 % and 10 %, 10 %, -10 %, after a first of nothing: sums 0.1 and 0.1, squares 0.03, product -0.01.
  const tables = [closes(100, 110, 99, 108.9), closes(100, 110, 121, 108.9)];
  const four = seen(10, tables, [0, 0], [1, 1], [2, 2], [3, 3]);
  expect(four.correlation(0, 1)).toBeCloseTo((-0.01 - 0.01 / 4) / (0.03 - 0.01 / 4), 9);
  expect(four.correlation(0, 0)).toBeCloseTo(1, 9);
  // 20 % and 0 %, 10 % and 10 %: different spreads on both sides.
  const other = [closes(100, 120, 120), closes(100, 110, 99)];
  const three = seen(10, other, [0, 0], [1, 1], [2, 2]);
  // The second has made nothing in all.
  expect(three.correlation(0, 1)).toBeCloseTo(0.02 / Math.sqrt((0.04 - 0.04 / 3) * 0.02), 9);
  expect(seen(10, [closes(1, 1), closes(1, 2)], [0, 0], [1, 1]).correlation(0, 1)).toBeNaN();
});

test("the largest part that passes is found to a millionth", () => {
  expect(largestPart((part) => part <= 0.3)).toBeCloseTo(0.3, 5);
  expect(largestPart(() => false)).toBe(0);
  expect(largestPart(() => true)).toBeCloseTo(1, 5);
});
