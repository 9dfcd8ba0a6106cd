import { unknownKey } from "./config-errors.ts";
import type { Origin } from "./origin.ts";

/** One source of values, with the place of each. */
export type ConfigLayer = {
  readonly values: Readonly<Record<string, unknown>>;
  readonly originOf: (path: readonly string[]) => Origin;
};

/** Values of all layers so far, and where each leaf comes from; paths are joined by dots. */
export type Merged = {
  readonly values: Record<string, unknown>;
  readonly origins: Map<string, Origin>;
};

/** Whether a value has keys of its own. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Lays a layer over what is there: what it says wins, what it leaves out stays. Lists are replaced whole. */
export function layOver(merged: Merged, layer: ConfigLayer): void {
  mergeInto(merged.values, layer.values, [], merged.origins, layer.originOf);
}

function mergeInto(
  target: Record<string, unknown>,
  values: Readonly<Record<string, unknown>>,
  path: readonly string[],
  origins: Map<string, Origin>,
  originOf: ConfigLayer["originOf"],
): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const here = [...path, key];
    if (key === "__proto__") throw unknownKey(here, ["(another name)"], originOf(here));
    const name = here.join(".");
    if (!isPlain(value)) {
      target[key] = value;
      origins.set(name, originOf(here));
      continue;
    }
    const before = target[key];
    // Another plug-in has other options: those of the one it replaces mean nothing to it.
    const isReplaced = !isPlain(before) || ("use" in value && before["use"] !== value["use"]);
    if (isReplaced)
      for (const known of origins.keys()) if (known.startsWith(`${name}.`)) origins.delete(known);
    const inner = isReplaced ? {} : { ...before };
    target[key] = inner;
    mergeInto(inner, value, here, origins, originOf);
  }
}

/** An object with one value at the end of a path. */
export function nested(path: readonly string[], value: unknown): Record<string, unknown> {
  const [first, ...rest] = path;
  return { [first!]: rest.length === 0 ? value : nested(rest, value) };
}
