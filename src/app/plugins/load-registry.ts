import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { KiwiError } from "../../base/errors.ts";
import { pluginKinds } from "../../ports/plugin.ts";
import type { ChannelPlugin } from "../../ports/alert-channel.ts";
import type { BrokerPlugin } from "../../ports/broker-plugin.ts";
import type { SourcePlugin } from "../../ports/source-plugin.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { installKiwiSpecifier } from "./kiwi-specifier.ts";
import { builtIn, type AnyPlugin, type Registry } from "./registry.ts";

/** What a file may add to a project. */
type Added = AnyPlugin | AnyStrategy | SourcePlugin | BrokerPlugin | ChannelPlugin;

/**
 * Everything that a project may name: what is built in, and what the files of `paths` export. Those replace nothing that
 * is built in. Throws `PLUGIN_FILE_FAILED`, `PLUGIN_NONE` and `PLUGIN_TAKEN`.
 */
export async function loadRegistry(folder: string, paths: readonly string[]): Promise<Registry> {
  installKiwiSpecifier();
  let registry = builtIn;
  const loaded = new Set<Added>();
  for (const path of paths) {
    const exported = await importFile(resolve(folder, path), path);
    const found = [...new Set(Object.values(exported).filter(isPlugin))];
    if (found.length === 0) throw noPlugin(path, Object.keys(exported));
    // A file may be named twice.
    for (const plugin of found.filter((one) => !loaded.has(one))) {
      loaded.add(plugin);
      registry = added(registry, plugin, path);
    }
  }
  return registry;
}

function added(registry: Registry, plugin: Added, path: string): Registry {
  const { strategies, plugins, sources, brokers, channels } = registry;
  const isTaken = [...strategies, ...plugins, ...sources, ...brokers, ...channels].some(
    ({ kind, name }) => kind === plugin.kind && name === plugin.name,
  );
  if (isTaken) throw taken(path, plugin);
  if (plugin.kind === "source") return { ...registry, sources: [...sources, plugin] };
  if (plugin.kind === "broker") return { ...registry, brokers: [...brokers, plugin] };
  if (plugin.kind === "channel") return { ...registry, channels: [...channels, plugin] };
  if (plugin.kind === "strategy") return { ...registry, strategies: [...strategies, plugin] };
  return { ...registry, plugins: [...plugins, plugin] };
}

function isPlugin(value: unknown): value is Added {
  if (typeof value !== "object" || value === null) return false;
  const parts = value as Readonly<Record<string, unknown>>;
  const { kind, name, options } = parts;
  if (typeof name !== "string" || name === "") return false;
  if (kind === "strategy")
    return typeof parts["onBar"] === "function" && typeof parts["setup"] === "function";
  if (typeof options !== "object" || options === null) return false;
  if (kind === "source" || kind === "channel") return typeof parts["open"] === "function";
  if (kind === "broker") return typeof parts["connect"] === "function";
  return pluginKinds.some((known) => known === kind) && typeof parts["create"] === "function";
}

async function importFile(file: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw pluginError(
      "PLUGIN_FILE_FAILED",
      `the plug-in ${path} cannot be loaded: ${text}`,
      "the file is not there, or is not right",
      "mend it; -v shows the place",
      cause,
    );
  }
}

function noPlugin(path: string, names: readonly string[]): KiwiError {
  return pluginError(
    "PLUGIN_NONE",
    `${path} exports no plug-in`,
    names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`,
    'write   export default definePlugin({ kind: "sizer", name, summary, options, create });',
  );
}

function taken(path: string, { kind, name }: Added): KiwiError {
  return pluginError(
    "PLUGIN_TAKEN",
    `${path} has a ${kind} called ${name}, and there is one already`,
    "two plug-ins of one name could not be told apart in a configuration",
    "give yours another name",
  );
}

function pluginError(code: string, message: string, why: string, fix: string, cause?: unknown): KiwiError {
  return new KiwiError({ code, exit: "usage", message, why, fix, topic: "plugins" }, { cause });
}
