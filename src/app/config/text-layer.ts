import { KiwiError } from "../../base/errors.ts";
import { unknownKey } from "./config-errors.ts";
import { layOver, nested, type ConfigLayer, type Merged } from "./config-layer.ts";
import type { Origin } from "./origin.ts";
import { kiwiConfigSchema } from "./config-schema.ts";
import { keysOf, kindOf, schemaUnder } from "./schema-at.ts";

/** Settings given as text: from `--set` and from the environment. */
type TextSetting = { readonly path: readonly string[]; readonly text: string; readonly origin: Origin };

const prefix = "KIWI__";
/** Lists whose parts may hold commas themselves: several of them are written as JSON. */
const whole = new Set(["data", "plugins", "failIf"]);

/** The settings of the environment: `KIWI__costs__latencyMs=50`, letters in any case. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): ConfigLayer {
  const settings = Object.entries(env)
    .filter(([name, text]) => name.startsWith(prefix) && text !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]): TextSetting => ({
      path: name.slice(prefix.length).split("__"),
      text: text!,
      origin: { kind: "env", label: name },
    }));
  return layerOf(settings);
}

/** The settings of `--set path=value`. Throws `SET_INVALID` where there is no `=`, and `SET_TWICE`. */
export function setLayer(given: readonly string[]): ConfigLayer {
  return layerOf(
    given.map((one): TextSetting => {
      const at = one.indexOf("=");
      if (at < 1) throw badSet(one);
      return {
        path: one.slice(0, at).split("."),
        text: one.slice(at + 1),
        origin: { kind: "flag", label: "--set" },
      };
    }),
  );
}

function layerOf(settings: readonly TextSetting[]): ConfigLayer {
  const merged: Merged = { values: {}, origins: new Map() };
  const seen = new Map<string, Origin>();
  for (const { path, text, origin } of settings) {
    const { names, value } = place(path, text, origin);
    const name = names.join(".");
    const before = seen.get(name);
    if (before !== undefined) throw setTwice(name, before, origin);
    seen.set(name, origin);
    layOver(merged, { values: nested(names, value), originOf: () => origin });
  }
  const origins = merged.origins;
  return {
    values: merged.values,
    originOf: (path) => origins.get(path.join(".")) ?? { kind: "flag", label: path.join(".") },
  };
}

/** Finds the key that a path means, letters in any case, and reads the text as what belongs there. */
function place(path: readonly string[], text: string, origin: Origin): { names: string[]; value: unknown } {
  let schema: Parameters<typeof kindOf>[0] = kiwiConfigSchema;
  const names: string[] = [];
  for (const given of path) {
    const known = keysOf(schema);
    const name = known?.find((key) => key.toLowerCase() === given.toLowerCase()) ?? given;
    const under = schemaUnder(schema, name);
    if (under === null) throw unknownKey([...names, given], known ?? ["(nothing)"], origin);
    names.push(name);
    schema = under;
  }
  return { names, value: readAs(kindOf(schema), text, !whole.has(names[0]!)) };
}

function readAs(kind: string, text: string, isSplit: boolean): unknown {
  if (kind === "string" || kind === "enum") return text;
  const parsed = parsedOrNull(text);
  if (kind === "array" && !Array.isArray(parsed))
    return isSplit ? text.split(",").map((part) => part.trim()) : [text];
  return parsed ?? text;
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function setTwice(name: string, before: Origin, { kind, label }: Origin): KiwiError {
  return new KiwiError({
    code: "SET_TWICE",
    exit: kind === "flag" ? "usage" : "config",
    message: `${name} is set twice: by ${before.label} and by ${label}`,
    why: "only one of them could hold",
    fix: "remove one of them",
    topic: "config",
  });
}

function badSet(given: string): KiwiError {
  return new KiwiError({
    code: "SET_INVALID",
    exit: "usage",
    message: `--set ${given} sets nothing`,
    why: "--set takes the path of a key and its value, with an equals sign between them",
    fix: "write for example --set costs.latencyMs=50",
    topic: "config",
  });
}
