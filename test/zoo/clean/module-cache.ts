// Looks like fold-maximum: module state filled while columns are folded, which changes no answer, only its speed.
import { longAbove, streamed } from "../tape.ts";

const cache = new Map<number, number>();

function halfRoot(value: number): number {
  const known = cache.get(value);
  if (known !== undefined) return known;
  const root = Math.sqrt(value) * 10;
  cache.set(value, root);
  return root;
}

export default longAbove("module-cache", (close) =>
  streamed("cached", [close], () => (value) => halfRoot(value)),
);
