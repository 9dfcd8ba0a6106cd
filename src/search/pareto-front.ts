/** Rows that no other row beats: as good in everything and better in something. Larger is better; a missing value leaves a row out. */
export function paretoFront(rows: readonly (readonly (number | null)[])[]): readonly number[] {
  const known = rows.flatMap((row, index) =>
    row.every((value) => value !== null) ? [{ row: row as readonly number[], index }] : [],
  );
  // Best first in the first number: whoever beats a row stands before it, or beside it.
  const ordered = known.toSorted((a, b) => firstDifference(b.row, a.row) || a.index - b.index);
  const front: typeof ordered = [];
  for (const one of ordered) if (!front.some((other) => beats(other.row, one.row))) front.push(one);
  return front.map(({ index }) => index).sort((a, b) => a - b);
}

function firstDifference(one: readonly number[], other: readonly number[]): number {
  for (let k = 0; k < one.length; k++) if (one[k] !== other[k]) return one[k]! - other[k]!;
  return 0;
}

function beats(one: readonly number[], other: readonly number[]): boolean {
  return one.every((value, k) => value >= other[k]!) && one.some((value, k) => value > other[k]!);
}
