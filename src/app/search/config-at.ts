import type { ParamValue } from "../../domain/params.ts";
import { KiwiError } from "../../base/errors.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { isPlain, layOver, nested, type Merged } from "../config/config-layer.ts";
import type { Origin } from "../config/origin.ts";
import { resolvedConfigSchema } from "../jobs/request-schemas.ts";

/** What a search may vary beside parameters: everything else changes which bars there are, or what they mean. */
const searchable = ["account", "costs", "sizing", "risk", "protection", "execution"];
const fixed = ["account.baseCurrency", "account.fixedRates"];

/** The configuration with other values at some of its keys. Throws `SETTING_INVALID` and `SETTING_FIXED`. */
export function configAt(config: KiwiConfig, settings: Readonly<Record<string, ParamValue>>): KiwiConfig {
  const merged: Merged = { values: structuredClone(config), origins: new Map() };
  for (const [path, value] of Object.entries(settings)) {
    const names = path.split(".");
    if (!searchable.includes(names[0]!) || fixed.some((name) => path.startsWith(name))) throw isFixed(path);
    layAt(merged, path, names, value);
  }
  const read = resolvedConfigSchema.safeParse(merged.values);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new KiwiError({
    code: "SETTING_INVALID",
    exit: "usage",
    message: `a search cannot try ${Object.entries(settings)
      .map(([path, value]) => `${path}=${String(value)}`)
      .join(", ")}`,
    why: `${issue!.path.map(String).join(".")}: ${issue!.message}`,
    fix: "narrow --vary to values that the configuration takes: kiwi config show",
    topic: "optimize",
  });
}

/** Lays a value at its path. A list is replaced whole, so an entry of one is changed in a copy of it. */
function layAt(merged: Merged, path: string, names: readonly string[], value: unknown): void {
  const originOf = (): Origin => ({ kind: "flag", label: `--vary ${path}` });
  let holder: unknown = merged.values;
  for (const [k, name] of names.entries()) {
    if (Array.isArray(holder)) {
      const list = holder as readonly unknown[];
      const place = placeIn(list, name);
      const entry = list[place];
      if (!isPlain(entry) || k + 1 === names.length) throw noEntry(path, names.slice(0, k).join("."), list);
      const inner: Merged = { values: structuredClone(entry), origins: new Map() };
      layOver(inner, { values: nested(names.slice(k + 1), value), originOf });
      const changed = list.map((one, at) => (at === place ? inner.values : one));
      layOver(merged, { values: nested(names.slice(0, k), changed), originOf });
      return;
    }
    holder = isPlain(holder) ? holder[name] : undefined;
  }
  layOver(merged, { values: nested(names, value), originOf });
}

/** An entry of a list by its number, or by what it uses: `risk.rules.order-size.quantityMax`. */
function placeIn(list: readonly unknown[], name: string): number {
  return /^\d+$/.test(name)
    ? Number(name)
    : list.findIndex((entry) => isPlain(entry) && entry["use"] === name);
}

function noEntry(path: string, of: string, list: readonly unknown[]): KiwiError {
  const uses = list.flatMap((entry) => (isPlain(entry) ? [String(entry["use"])] : []));
  return new KiwiError({
    code: "SETTING_INVALID",
    exit: "usage",
    message: `a search cannot try ${path}`,
    why:
      uses.length === 0
        ? `${of} is empty in this configuration`
        : `${of} has ${uses.map((use, k) => `${k} (${use})`).join(", ")}, and a key of one of these varies`,
    fix:
      uses.length === 0
        ? `put an entry with that key there first, then vary ${of}.0.KEY`
        : `--vary ${of}.${uses[0]}.KEY=...`,
    topic: "optimize",
  });
}

function isFixed(path: string): KiwiError {
  return new KiwiError({
    code: "SETTING_FIXED",
    exit: "usage",
    message: `a search cannot vary ${path}`,
    why: `the strategy has no such parameter, and of the configuration only keys under ${searchable.join(", ")} leave the bars as they are`,
    fix: "name a parameter (kiwi strategy show NAME) or a key such as costs.latencyMs or protection.stopAtr",
    topic: "optimize",
  });
}
