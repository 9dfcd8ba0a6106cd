import { assert } from "../../../base/assert.ts";
import type { VersionTable } from "./version-columns.ts";

/**
 * Of rows sorted by close and version, from row `from` on, keeps the last version of each bar (`newest`), or every
 * version once (`all`): a crash can leave the same version in two files.
 */
export function keepNewest(table: VersionTable, from: number, keep: "newest" | "all"): void {
  const { closeTimeMs } = table.columns;
  let last = from;
  // Almost always there is nothing to do: look before moving anything.
  while (last + 1 < table.length && closeTimeMs[last + 1]! > closeTimeMs[last]!) last += 1;
  for (let row = last + 1; row < table.length; row++) {
    if (!isSameBar(table, last, row, keep)) last += 1;
    if (last !== row) table.copyRow(row, last);
  }
  if (table.length > from) table.length = last + 1;
}

function isSameBar(table: VersionTable, one: number, next: number, keep: "newest" | "all"): boolean {
  const { closeTimeMs, version } = table.columns;
  assert(closeTimeMs[next]! >= closeTimeMs[one]!, "stored bars are read in the order of time");
  return closeTimeMs[next] === closeTimeMs[one] && (keep === "newest" || version[next] === version[one]);
}
