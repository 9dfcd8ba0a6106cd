import { overlappingFiles } from "./overlapping-files.ts";
import type { BarFile } from "./series-manifest.ts";

/** More small files than this are merged by the append that made them. */
const smallFilesMax = 16;

/**
 * The small files that an append should merge: none while they are few, and otherwise the smallest, as long as the
 * next one is not much larger than those before together. So a bar that arrives alone is rewritten a number of times
 * that grows with the logarithm of the bars, and full blocks are never touched.
 */
export function mergeAfterAppend(files: readonly BarFile[], blockRows: number): readonly BarFile[] {
  const small = files.filter(({ rows }) => rows < blockRows / 2).toSorted((a, b) => a.rows - b.rows);
  if (small.length <= smallFilesMax) return [];
  let rows = 0;
  const end = small.findIndex((file, index) => {
    const isMuchLarger = index >= smallFilesMax / 2 && file.rows > 2 * rows;
    rows += file.rows;
    return isMuchLarger;
  });
  return end < 0 ? small : small.slice(0, end);
}

/** What to merge, run by run, so that no two files overlap and none but the last of a run is small. */
export function mergeAll(files: readonly BarFile[], blockRows: number): readonly (readonly BarFile[])[] {
  const runs: BarFile[][] = [[]];
  for (const group of overlappingFiles(files)) {
    const isBlock = group.length === 1 && group[0]!.rows >= blockRows / 2;
    if (isBlock) runs.push([]);
    else runs.at(-1)!.push(...group);
  }
  return runs.filter((run) => run.length > 1);
}
