import { Prng } from "../src/base/prng.ts";
import type { Labelled } from "../src/learning/trees/labelled.ts";

const [rows, width] = [50_000, 40];

/** 50,000 rows of 40 features of noise, the first seven of which decide: alone, in pairs, and in a bend. */
export function treeRows(seed: number): Labelled {
  const random = new Prng(seed);
  const values = Float32Array.from({ length: rows * width }, () => random.normal());
  const y = Float32Array.from({ length: rows }, (_, row) => {
    const v = (feature: number): number => values[row * width + feature]!;
    const score = v(0) * 1.2 + v(1) * v(2) + (v(3) > 0 ? v(4) : -v(5)) * 0.8 + 0.5 * Math.sin(2 * v(6));
    return random.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  return { x: { values, rows, width }, y, weights: new Float32Array(rows).fill(1) };
}
