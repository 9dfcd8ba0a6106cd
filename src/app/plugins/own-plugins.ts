import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { KiwiError } from "../../base/errors.ts";
import { installKiwiSpecifier } from "./kiwi-specifier.ts";
import { addPlugin, knownPlugins, type AnyPlugin } from "./registry.ts";

const kinds = new Set(["sizer", "risk", "commission", "slippage", "regime", "selector"]);

/** Loaded before: a file may be named twice, and doctor and run both load it. */
const loaded = new Set<AnyPlugin>();

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
    for (const plugin of found.filter((one) => !loaded.has(one))) {
      const isTaken = knownPlugins().some(({ kind, name }) => kind === plugin.kind && name === plugin.name);
      if (isTaken) throw taken(path, plugin);
      loaded.add(plugin);
      addPlugin(plugin);
    }
  }
}

function isPlugin(value: unknown): value is AnyPlugin {
  if (typeof value !== "object" || value === null) return false;
  const { kind, name, options, create } = value as Readonly<Record<string, unknown>>;
  const isNamed = typeof kind === "string" && kinds.has(kind) && typeof name === "string";
  return isNamed && typeof options === "object" && typeof create === "function";
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

function taken(path: string, { kind, name }: AnyPlugin): KiwiError {
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
