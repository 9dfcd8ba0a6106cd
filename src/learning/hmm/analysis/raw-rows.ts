import { checkHmmParams, type HmmParams } from "../hmm-params.ts";
import { missingBits, type MarkedRows } from "../prepare-rows.ts";

/** Rows in their own units, for a model in the same units. Throws `HMM_PARAMS_INVALID` and `HMM_INFINITE`. */
export function rawRows(params: HmmParams, rows: Float64Array, length: number): MarkedRows {
  checkHmmParams(params);
  const { features } = params;
  return { length, features, values: rows, missing: missingBits(rows, length, features) };
}
