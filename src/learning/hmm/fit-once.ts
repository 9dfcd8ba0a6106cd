import { bytesOf, sha256Of } from "../../base/hash.ts";
import { fitHmm } from "./fit-hmm.ts";
import type { HmmOptions } from "./hmm-options.ts";
import type { HmmParams } from "./hmm-params.ts";

/** Fits that are remembered: a model costs about a kilobyte, and a fit some tens of milliseconds. */
const fitsMax = 1_024;

/** By everything that a fit depends on; the oldest goes first. */
const known = new Map<string, HmmParams>();

/**
 * The parameters of `fitHmm`, fitted once for the same rows and options: a check lives through the same past dozens of
 * times. The key is a SHA-256 of every byte that the fit sees, so that what is remembered can tell nobody anything that
 * fitting would not. Throws what `fitHmm` throws; nothing is remembered of that.
 */
export function fitOnce(rows: Float64Array, length: number, options: HmmOptions): HmmParams {
  const key = keyOf(rows, length, options);
  const before = known.get(key);
  if (before !== undefined) return before;
  const { params } = fitHmm(rows, length, options);
  if (known.size === fitsMax) known.delete(known.keys().next().value!);
  known.set(key, params);
  return params;
}

function keyOf(rows: Float64Array, length: number, { warmStart, anchors, ...settings }: HmmOptions): string {
  const pieces = [JSON.stringify(settings), bytesOf(rows, length * settings.features)];
  if (anchors !== undefined)
    pieces.push(bytesOf(anchors.rows), bytesOf(anchors.states), JSON.stringify(anchors.weight));
  if (warmStart === undefined) return sha256Of(pieces);
  const { initial, transition, means, covariances, ...shape } = warmStart;
  const model = [initial, transition, means, covariances].map((numbers) => bytesOf(numbers));
  return sha256Of([...pieces, JSON.stringify(shape), ...model]);
}
