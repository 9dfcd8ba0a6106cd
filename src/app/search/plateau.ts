import type { SearchSpace } from "../../search/search-space.ts";
import type { SearchRow } from "./search-row.ts";

/** How the best trial stands among its neighbours: those that differ by one step in some dimensions. */
export type Plateau = {
  readonly neighbours: number;
  /** Values of the neighbours by which trials are ranked; `null` where there are none. */
  readonly median: number | null;
  readonly worst: number | null;
  /** The median over the best: near 1 on a plateau, small or negative on a lonely peak. */
  readonly ratio: number | null;
};

/** Looks at the neighbours of a trial. One without a value is as bad as it gets, and counts as 0 or worse. */
export function plateauOf({ dimensions }: SearchSpace, rows: readonly SearchRow[], best: SearchRow): Plateau {
  const placeOf = ({ setting }: SearchRow): readonly number[] =>
    dimensions.map(({ name, values }) => values.indexOf(setting[name]!));
  const own = placeOf(best);
  const values = rows
    .filter((row) => row.trial !== best.trial && isNear(placeOf(row), own, dimensions))
    .map(({ value }) => value ?? Math.min(0, best.value ?? 0))
    .sort((a, b) => a - b);
  if (values.length === 0) return { neighbours: 0, median: null, worst: null, ratio: null };
  const middle = values.length >> 1;
  const median = values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
  const ratio = best.value === null || best.value <= 0 ? null : median / best.value;
  return { neighbours: values.length, median, worst: values[0]!, ratio };
}

/** At most one step in every ordered dimension, and the same words. */
function isNear(
  one: readonly number[],
  other: readonly number[],
  dimensions: SearchSpace["dimensions"],
): boolean {
  return dimensions.every(({ isOrdered }, k) =>
    isOrdered ? Math.abs(one[k]! - other[k]!) <= 1 : one[k] === other[k],
  );
}
