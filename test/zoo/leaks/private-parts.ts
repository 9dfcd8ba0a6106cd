// Planted: the column behind a series, through a part of the engine that only the compiler keeps private.
import { strategy } from "../../../src/ports/strategy.ts";

/** The first array of numbers anywhere inside an object. */
function arrayIn(value: unknown, depth = 0): Float64Array | null {
  if (value instanceof Float64Array) return value;
  if (typeof value !== "object" || value === null || depth > 3) return null;
  for (const part of Object.values(value)) {
    const found = arrayIn(part, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

export default strategy({
  name: "private-parts",
  summary: "Long before the close rises.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  memory: () => ({ row: -1 }),
  onBar({ series, memory, target }) {
    memory.row += 1;
    const next = arrayIn(series.close)?.[memory.row + 1] ?? 0;
    target(next > series.close.now ? 1 : 0, "it is in the array already");
  },
});
