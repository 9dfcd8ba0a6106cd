import type { BarFile } from "./series-manifest.ts";

/** Files in the order of time, those whose bars lie in each other's time together. */
export function overlappingFiles(files: readonly BarFile[]): readonly (readonly BarFile[])[] {
  const groups: BarFile[][] = [];
  let toMs = -Infinity;
  for (const file of files.toSorted((a, b) => a.closeTimeMs[0] - b.closeTimeMs[0])) {
    if (file.closeTimeMs[0] <= toMs) groups.at(-1)!.push(file);
    else groups.push([file]);
    toMs = Math.max(toMs, file.closeTimeMs[1]);
  }
  return groups;
}
