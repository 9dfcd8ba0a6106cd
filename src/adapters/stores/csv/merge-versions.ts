import type { VersionedBars } from "../../../ports/bar-store.ts";
import { keepNewest } from "../bars/keep-newest.ts";
import { VersionTable } from "../bars/version-columns.ts";

/** The rows of both by close and version, none twice. */
export function sortedVersions(one: VersionedBars, two: VersionedBars): VersionTable {
  const places = [...placesOf(one), ...placesOf(two)];
  places.sort(([a, x], [b, y]) => a.closeTimeMs[x]! - b.closeTimeMs[y]! || a.version[x]! - b.version[y]!);
  const table = new VersionTable(places.length);
  for (const [bars, row] of places) table.addFrom(bars, row);
  keepNewest(table, 0, "all");
  return table;
}

/** The rows that are wanted, in their order. */
export function rowsWhere(bars: VersionedBars, isWanted: (row: number) => boolean): VersionTable {
  const table = new VersionTable(0);
  for (let row = 0; row < bars.length; row++) if (isWanted(row)) table.addFrom(bars, row);
  return table;
}

function placesOf(bars: VersionedBars): readonly (readonly [VersionedBars, number])[] {
  return Array.from({ length: bars.length }, (_, row) => [bars, row] as const);
}
