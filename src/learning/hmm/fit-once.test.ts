import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { fitHmm } from "./fit-hmm.ts";
import { fitOnce } from "./fit-once.ts";
import type { HmmOptions } from "./hmm-options.ts";

const prng = new Prng(11);
const rows = Float64Array.from({ length: 240 }, (_, k) => prng.normal() * (k < 120 ? 1 : 3));
const options: HmmOptions = {
  states: 2,
  features: 2,
  covariance: "full",
  seed: 1,
  restarts: 2,
  iterationsMax: 5,
};

test("what is remembered is what fitting gives, whichever option or number is another one", () => {
  const changed = rows.slice();
  changed[17]! += 1e-12;
  const first = fitOnce(rows, 120, options);
  expect(fitOnce(rows.slice(), 120, { ...options })).toBe(first);
  const others: [Float64Array, number, HmmOptions][] = [
    [rows, 120, options],
    [changed, 120, options],
    [rows, 119, options],
    [rows, 120, { ...options, seed: 2 }],
    [rows, 120, { ...options, iterationsMax: 6 }],
    [rows, 120, { ...options, warmStart: first }],
  ];
  const found = others.map(([values, length, asked]) => fitOnce(values, length, asked));
  for (const [k, [values, length, asked]] of others.entries())
    expect(found[k]).toEqual(fitHmm(values, length, asked).params);
  // Each of them was fitted by itself, also where two fits come to the same model.
  expect(new Set(found).size).toBe(others.length);
});
