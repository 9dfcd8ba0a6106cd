import type { ParamValue } from "../../domain/params.ts";
import { KiwiError } from "../../base/errors.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { layOver, nested, type Merged } from "../config/config-layer.ts";
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
    layOver(merged, {
      values: nested(names, value),
      originOf: () => ({ kind: "flag", label: `--vary ${path}` }),
    });
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
