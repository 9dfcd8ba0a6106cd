import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { bool, choice, float, int } from "../../domain/params.ts";
import { strategy } from "../../ports/strategy.ts";
import { sampleParams } from "./sample-params.ts";

const params = {
  length: int(10, { min: 1, max: 160 }),
  share: float(0.5, { min: 0, max: 1 }),
  isShort: bool(false),
  kind: choice(["a", "b", "c", "d"]),
};
const plain = { name: "sampled", summary: "", setup: () => ({}), onBar() {} };

test("every sixteenth of every range is in one of sixteen sets, and every word and both answers are", () => {
  const sets = sampleParams(strategy({ ...plain, params }), 16, new Prng(1));
  expect(sets.length).toBe(16);
  const pieces = (values: readonly number[]) => values.toSorted((a, b) => a - b);
  expect(pieces(sets.map(({ length }) => Math.ceil(Number(length) / 10)))).toEqual(
    Array.from({ length: 16 }, (_, k) => k + 1),
  );
  expect(pieces(sets.map(({ share }) => Math.floor(Number(share) * 16)))).toEqual(
    Array.from({ length: 16 }, (_, k) => k),
  );
  expect(sets.filter(({ isShort }) => isShort).length).toBe(8);
  expect(new Set(sets.map(({ kind }) => kind)).size).toBe(4);
});

test("sets that the strategy refuses are not among them", () => {
  const picky = strategy({ ...plain, params, where: ({ length, share }) => length > 100 && share < 0.5 });
  const sets = sampleParams(picky, 16, new Prng(2));
  expect(sets.length).toBe(16);
  expect(sets.filter(({ length, share }) => Number(length) <= 100 || Number(share) >= 0.5)).toEqual([]);
  const impossible = strategy({ ...plain, params, where: () => false });
  expect(sampleParams(impossible, 16, new Prng(2))).toEqual([]);
});

test("a strategy without parameters has no other sets", () => {
  expect(sampleParams(strategy({ ...plain, params: {} }), 16, new Prng(3))).toEqual([]);
});
