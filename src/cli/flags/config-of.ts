import type { KiwiConfig } from "../../app/config/config-schema.ts";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { namedSymbolsFirst } from "../../app/data/named-symbols.ts";
import type { ConfigFlags } from "../declare/common-flags.ts";
import { flagLayer, type FlagValues } from "./flag-layer.ts";
import type { RunFlag } from "./run-flag.ts";
import type { Shell } from "../shell.ts";

/** The configuration of a command: its flags over environment, file and defaults. */
export async function configOf(
  shell: Shell,
  flags: ConfigFlags & FlagValues,
  known: readonly RunFlag[],
): Promise<KiwiConfig> {
  const resolved = await resolveConfig({
    folder: shell.folder,
    file: flags.config,
    env: shell.env,
    sets: flags.set,
    flags: flagLayer(known, flags),
  });
  return (await namedSymbolsFirst(resolved, shell.folder)).config;
}
