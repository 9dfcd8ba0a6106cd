import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { KiwiError } from "../base/errors.ts";
import { installKiwiSpecifier } from "./kiwi-specifier.ts";
import { plugins, type AnyPlugin } from "./registry.ts";

const kinds = ["sizer", "risk", "commission", "slippage"];

/** Makes a plug-in known by its name, in this thread. One of the same kind and name is replaced. */
export function addPlugin(plugin: AnyPlugin): void {
  // The registry is a list of what is built in; a person's own plug-ins stand behind it for one run.
  const known = plugins as AnyPlugin[];
  const at = known.findIndex(({ kind, name }) => kind === plugin.kind && name === plugin.name);
  if (at >= 0) known[at] = plugin;
  else known.push(plugin);
}

/**
 * Loads plug-ins from files: everything that a file exports and that is one. They replace nothing that is built in.
 * Throws `PLUGIN_FILE_FAILED`, `PLUGIN_NONE` and `PLUGIN_TAKEN`.
 */
export async function loadPlugins(folder: string, paths: readonly string[]): Promise<void> {
  installKiwiSpecifier();
  for (const path of paths) {
    const exported = await importFile(resolve(folder, path), path);
    const found = Object.values(exported).filter(isPlugin);
    if (found.length === 0) throw noPlugin(path, Object.keys(exported));
    for (const plugin of found) {
      if (plugins.some(({ kind, name }) => kind === plugin.kind && name === plugin.name && !own.has(name)))
        throw taken(path, plugin);
      own.add(plugin.name);
      addPlugin(plugin);
    }
  }
}

const own = new Set<string>();

function isPlugin(value: unknown): value is AnyPlugin {
  if (typeof value !== "object" || value === null) return false;
  const { kind, name, options, create } = value as Readonly<Record<string, unknown>>;
  const isNamed = typeof kind === "string" && kinds.includes(kind) && typeof name === "string";
  return isNamed && typeof options === "object" && typeof create === "function";
}

async function importFile(file: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw pluginError("PLUGIN_FILE_FAILED", `the plug-in ${path} cannot be loaded: ${text}`, "the file is not there, or is not right", "mend it; -v shows the place", cause);
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

function taken(path: string, { kind, name }: AnyPlugin): KiwiError {
  return pluginError(
    "PLUGIN_TAKEN",
    `${path} has a ${kind} called ${name}, and there is a built-in one`,
    "two plug-ins of one name could not be told apart in a configuration",
    "give yours another name",
  );
}

function pluginError(code: string, message: string, why: string, fix: string, cause?: unknown): KiwiError {
  return new KiwiError({ code, exit: "usage", message, why, fix, topic: "plugins" }, { cause });
}
