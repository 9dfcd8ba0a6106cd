import { layOver, nested, type ConfigLayer, type Merged } from "../../app/config/config-layer.ts";
import type { Origin } from "../../app/config/origin.ts";
import { readTimerange } from "../../app/config/read-day.ts";
import { nameOf } from "./add-flags.ts";
import type { RunFlag } from "./run-flag.ts";

/** The values that flags were given, by commander's names for them. */
export type FlagValues = Readonly<Record<string, unknown>>;

/** What the flags say about the configuration. Only those that were typed count. */
export function flagLayer(flags: readonly RunFlag[], given: FlagValues): ConfigLayer {
  const merged: Merged = { values: {}, origins: new Map() };
  const put = (path: readonly string[], value: unknown, label: string): void => {
    const origin: Origin = { kind: "flag", label };
    layOver(merged, { values: nested(path, value), originOf: () => origin });
  };
  if (typeof given["timerange"] === "string") {
    for (const [key, day] of Object.entries(readTimerange(given["timerange"])))
      put([key], day, "--timerange");
  }
  for (const flag of flags) {
    const value = given[attributeOf(flag)];
    if (value === undefined || flag.flags.startsWith("--no-")) continue;
    put(flag.path, valueOf(flag, value), value === false ? `--no-${nameOf(flag).slice(2)}` : nameOf(flag));
  }
  return {
    values: merged.values,
    originOf: (path) =>
      merged.origins.get(path.join(".")) ?? { kind: "flag", label: `--set ${path.join(".")}` },
  };
}

function valueOf(flag: RunFlag, value: unknown): unknown {
  if (flag.path[0] === "report" && Array.isArray(value)) return value.filter((name) => name !== "none");
  return flag.choose === undefined ? value : flag.choose(value as string | number);
}

/** `--take-profit-atr` is `takeProfitAtr`. */
function attributeOf(flag: RunFlag): string {
  return nameOf(flag)
    .slice(2)
    .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
