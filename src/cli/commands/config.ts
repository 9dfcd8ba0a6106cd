import { z } from "zod";
import { checkPlugins } from "../../app/plugins/check-plugins.ts";
import { textOf } from "../../app/config/config-diff.ts";
import { isPlain } from "../../app/config/config-layer.ts";
import { kiwiConfigSchema } from "../../app/config/config-schema.ts";
import { loadRegistry } from "../../app/plugins/load-registry.ts";
import { resolveConfig, type ResolvedConfig } from "../../app/config/resolve-config.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { table } from "../output/table.ts";
import type { Shell } from "../shell.ts";

export type ConfigCommandFlags = CommonFlags & ConfigFlags & { readonly origin?: true };

/** `kiwi config show`: every value that holds now, and with `--origin` where it comes from. */
export async function configShowCommand(shell: Shell, flags: ConfigCommandFlags): Promise<number> {
  const { config, origins, path } = await resolveFor(shell, flags);
  const leaves = leavesOf(config, "");
  const originOf = (name: string): string => origins.get(name)?.label ?? "default";
  if (flags.json === true) {
    const from = Object.fromEntries(leaves.map(([name]) => [name, originOf(name)]));
    shell.out(envelope("config@1", { path, config, ...(flags.origin === true ? { origins: from } : {}) }));
  } else if (flags.origin === true) {
    const rows = leaves.map(([name, value]) => [name, textOf(value), originOf(name)]);
    shell.out(table([{ title: "key" }, { title: "value" }, { title: "from" }], rows));
  } else
    shell.out(JSON.stringify(config, (_key, value: unknown) => (value === Infinity ? "no limit" : value), 2));
  return 0;
}

/** `kiwi config check`: says that the configuration is right, or throws what is wrong with it. */
export async function configCheckCommand(shell: Shell, flags: ConfigCommandFlags): Promise<number> {
  const { config, origins, path } = await resolveFor(shell, flags);
  checkPlugins(await loadRegistry(shell.folder, config.plugins), config);
  const count = origins.size;
  if (flags.json === true) shell.out(envelope("config-check@1", { path, settings: count }));
  else
    shell.out(
      `${path ?? "no configuration file"}: right   (settings of your own: ${count}; the rest are defaults)`,
    );
  return 0;
}

/** `kiwi config schema`: every key with its meaning, for editors. */
export async function configSchemaCommand(shell: Shell, flags: CommonFlags): Promise<number> {
  const text = schemaText();
  const isWrapped = flags.json === true;
  shell.out(isWrapped ? envelope("config-schema@1", { jsonSchema: JSON.parse(text) as unknown }) : text);
  return 0;
}

/** The JSON Schema of the configuration. */
export function schemaText(): string {
  const schema = z.toJSONSchema(kiwiConfigSchema, { io: "input" });
  // JSON cannot write "no limit", and a default of null would be a lie.
  const keep = (key: string, value: unknown): unknown =>
    key === "default" && (value === null || value === Infinity) ? undefined : value;
  return JSON.stringify({ ...schema, title: "Kiwi configuration" }, keep, 2);
}

function resolveFor(shell: Shell, flags: ConfigCommandFlags): Promise<ResolvedConfig> {
  return resolveConfig({ folder: shell.folder, file: flags.config, env: shell.env, sets: flags.set });
}

function leavesOf(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (!isPlain(value) || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, path === "" ? key : `${path}.${key}`),
  );
}
