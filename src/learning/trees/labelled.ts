import type { Matrix } from "./feature-bins.ts";

/** Rows with their outcomes, 0 or 1, and how much each counts. */
export type Labelled = {
  readonly x: Matrix;
  readonly y: Float32Array;
  readonly weights: Float32Array;
};
