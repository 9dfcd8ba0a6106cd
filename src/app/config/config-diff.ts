import { isPlain } from "./config-layer.ts";

/** One setting that differs between two configurations. */
export type ConfigDifference = { readonly path: string; readonly before: unknown; readonly after: unknown };

/** The settings that differ, by path, in the order of their names. */
export function configDifferences(before: unknown, after: unknown): readonly ConfigDifference[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .filter((path) => textOf(old.get(path)) !== textOf(now.get(path)))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }));
}

/** A setting as people read it. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || value === undefined ? String(value) : JSON.stringify(value);
}

function leavesOf(value: unknown): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  const collect = (inner: unknown, path: string): void => {
    if (!isPlain(inner)) {
      leaves.set(path, inner);
      return;
    }
    for (const [key, next] of Object.entries(inner)) collect(next, path === "" ? key : `${path}.${key}`);
  };
  collect(value, "");
  return leaves;
}
