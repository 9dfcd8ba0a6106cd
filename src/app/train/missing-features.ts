import type { Dataset } from "../../learning/data/dataset.ts";
import type { Span } from "../../learning/data/splits.ts";

/** Features that are named; of more only their number is said. */
const namedMax = 5;

/** A line on how many rows that were learned from miss features, and which ones: for models that read the median in their place. */
export function missingFeatures(
  { x: { values, width } }: Pick<Dataset, "x">,
  { from, to }: Span,
  names: readonly string[],
): readonly string[] {
  const counts = new Int32Array(width);
  let rows = 0;
  for (let row = from; row < to; row++) {
    let isWhole = true;
    for (let feature = 0; feature < width; feature++) {
      if (!Number.isNaN(values[row * width + feature]!)) continue;
      counts[feature]! += 1;
      isWhole = false;
    }
    if (!isWhole) rows += 1;
  }
  if (rows === 0) return [];
  const missing = [...counts.keys()].filter((k) => counts[k]! > 0).sort((a, b) => counts[b]! - counts[a]!);
  const named = missing.slice(0, namedMax).map((k) => `${names[k]} (${counts[k]})`);
  if (missing.length > namedMax) named.push(`${missing.length - namedMax} more`);
  return [
    `${rows} of ${to - from} bars learned from miss features, which count as the median there: ${named.join(", ")}. Trees (boosted, forest) need no such guess`,
  ];
}
