import { parseOnce } from "../../base/parse-once.ts";
import { nearest } from "../../base/nearest.ts";
import { fitLayer } from "../costs/fit-file.ts";
import type { z } from "zod";
import { invalidValue, unknownKey } from "./config-errors.ts";
import { readConfigFile } from "./config-file.ts";
import { isPlain, layOver, type ConfigLayer, type Merged } from "./config-layer.ts";
import type { Origin } from "./origin.ts";
import { kiwiConfigSchema, type KiwiConfig } from "./config-schema.ts";
import { refusePasswords, refuseSecrets } from "./config-secrets.ts";
import { keysOf, schemaUnder } from "./schema-at.ts";
import { environmentLayer, setLayer } from "./text-layer.ts";

/** Where settings may come from, the weakest last. */
export type ConfigSources = {
  readonly folder: string;
  /** Path given with `-c`; null where no file is to be read. */
  readonly file?: string | null | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--set` texts; weaker than the flags that have names of their own. */
  readonly sets?: readonly string[] | undefined;
  readonly flags?: ConfigLayer | undefined;
};

/** A configuration with the origin of every value. */
export type ResolvedConfig = {
  readonly config: KiwiConfig;
  /** By path, joined with dots; every leaf that is not listed has its default. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** The file that was read, or null. */
  readonly path: string | null;
};

const byDefault: Origin = { kind: "default", label: "default" };

/**
 * Puts the configuration together: flag over environment over file over default. Throws a `KiwiError` that names the
 * place: unknown keys with the nearest name, values that cannot be, secrets in the open.
 */
export async function resolveConfig(sources: ConfigSources): Promise<ResolvedConfig> {
  const file = sources.file === null ? null : await readConfigFile(sources.folder, sources.file);
  const env = environmentLayer(sources.env);
  const sets = setLayer(sources.sets ?? []);
  const layers = [file, env, sets, sources.flags].filter((layer) => layer != null);
  for (const layer of [file, env, sets]) if (layer !== null) refuseSecrets(layer.values, layer.originOf);
  for (const layer of layers) refusePasswords(layer.values, layer.originOf);
  for (const layer of layers) refuseUnknown(layer.values, kiwiConfigSchema, layer, []);
  const merged: Merged = { values: finiteDefaults(), origins: new Map() };
  const naming = layers.findLast(({ values }) => fitFileIn(values) !== null);
  for (const layer of layers) {
    layOver(merged, layer);
    // Right above who names it: what is said more strongly than that still wins.
    if (layer === naming)
      layOver(merged, await fitLayer(sources.folder, fitFileIn(layer.values)!, layer.originOf(fitPath)));
  }
  return { config: checked(merged), origins: merged.origins, path: file?.path ?? null };
}

const fitPath = ["costs", "fitFile"] as const;

/** The file of fitted costs that a layer names; what is no text is told of with everything else. */
function fitFileIn({ costs }: Readonly<Record<string, unknown>>): string | null {
  const named = isPlain(costs) ? costs["fitFile"] : undefined;
  return typeof named === "string" && named !== "" ? named : null;
}

function refuseUnknown(
  values: Readonly<Record<string, unknown>>,
  schema: z.core.$ZodType,
  layer: ConfigLayer,
  path: readonly string[],
): void {
  const known = keysOf(schema);
  for (const [key, value] of Object.entries(values)) {
    const here = [...path, key];
    if (known !== null && !known.includes(key)) throw unknownKey(here, known, layer.originOf(here));
    const under = schemaUnder(schema, key);
    if (under !== null && isPlain(value)) refuseUnknown(value, under, layer, here);
  }
}

function checked({ values, origins }: Merged): KiwiConfig {
  const outcome = kiwiConfigSchema.safeParse(values, parseOnce);
  if (outcome.success) return outcome.data;
  const issue = outcome.error.issues[0]!;
  const path = issue.path.map(String);
  throw invalidValue(
    path,
    valueAt(values, path),
    complaintOf(issue, valueAt(values, path)),
    originNear(origins, path),
  );
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  let value = values;
  for (const key of path) value = isPlain(value) || Array.isArray(value) ? (value as never)[key] : undefined;
  return value;
}

/** The origin of a value, of the list that holds it, or of what stands beside it in the same choice. */
function originNear(origins: ReadonlyMap<string, Origin>, path: readonly string[]): Origin {
  for (let length = path.length; length > 0; length--) {
    const found = origins.get(path.slice(0, length).join("."));
    if (found !== undefined) return found;
  }
  const choice = path.slice(0, Math.max(2, path.length - 1)).join(".");
  return [...origins].find(([known]) => known.startsWith(`${choice}.`))?.[1] ?? byDefault;
}

/** The defaults without those that no file can state (no limit is Infinity): the schema fills them in again. */
function finiteDefaults(): Record<string, unknown> {
  const keep = (_key: string, value: unknown): unknown => (value === Infinity ? undefined : value);
  return JSON.parse(JSON.stringify(kiwiConfigSchema.parse({}, parseOnce), keep)) as Record<string, unknown>;
}

function complaintOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "invalid_value" && typeof value === "string") {
    const options = issue.values.map(String);
    const near = nearest(value, options);
    const all = `it must be one of ${options.join(", ")}`;
    return near === null ? all : `${all}; did you mean ${near}?`;
  }
  if (issue.code === "too_small")
    return `it must be ${issue.inclusive === true ? "at least" : "above"} ${issue.minimum}`;
  if (issue.code === "too_big")
    return `it must be ${issue.inclusive === true ? "at most" : "below"} ${issue.maximum}`;
  if (issue.code === "invalid_type") return `it must be a ${issue.expected}`;
  return issue.message;
}
