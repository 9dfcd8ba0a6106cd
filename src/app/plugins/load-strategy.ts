import { existsSync, readdirSync, statSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { didYouMean } from "../../base/nearest.ts";
import { KiwiError, type ErrorParts } from "../../base/errors.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { installKiwiSpecifier } from "./kiwi-specifier.ts";
import { importError } from "./import-errors.ts";

/** Marks the address of a module that belongs to a user's strategy and to one loading of it. */
export const instanceMark = "kiwi-instance=";

const ownSource = new URL("../../", import.meta.url).href;
const endings = [".ts", ".mts", ".js", ".mjs"];
let lastInstance = 0;

/**
 * Loads the strategy that a file exports by default; the file may import from "kiwi". With `fresh`, the file and all that it imports, apart from
 * Kiwi itself and packages, are loaded anew, so that no state of an earlier loading is left.
 * Throws `STRATEGY_FILE_NOT_FOUND`, `STRATEGY_SYNTAX`, `STRATEGY_IMPORT_FAILED`, `STRATEGY_NO_DEFAULT_EXPORT` and
 * `STRATEGY_NOT_A_STRATEGY`.
 */
export async function loadStrategyFile(
  path: string,
  options: { readonly fresh?: boolean } = {},
): Promise<AnyStrategy> {
  const file = resolve(path);
  if (!existsSync(file) || !statSync(file).isFile()) throw strategyFileNotFound(path, file);
  if (!endings.some((ending) => file.endsWith(ending))) throw wrongEnding(path);
  installKiwiSpecifier();
  const loaded =
    options.fresh === true
      ? await importFresh(file, path)
      : await importModule(pathToFileURL(file).href, path);
  return asStrategy(loaded, path);
}

async function importFresh(file: string, path: string): Promise<Record<string, unknown>> {
  lastInstance += 1;
  const mark = `${instanceMark}${lastInstance}`;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const result = next(specifier, context);
      const isInside = context.parentURL?.endsWith(mark) === true && isUsers(result.url);
      return isInside ? { ...result, url: `${result.url}?${mark}` } : result;
    },
  });
  try {
    return await importModule(`${pathToFileURL(file).href}?${mark}`, path);
  } finally {
    hooks.deregister();
  }
}

/** Whether a module is part of a user's strategy: neither Kiwi's own, nor a package, nor built into Node. */
function isUsers(url: string): boolean {
  const isFile = url.startsWith("file:") && !url.includes("?");
  return isFile && !url.startsWith(ownSource) && !url.includes("/node_modules/");
}

async function importModule(url: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof KiwiError) throw cause;
    throw await importError(path, cause);
  }
}

function asStrategy(loaded: Readonly<Record<string, unknown>>, path: string): AnyStrategy {
  if (!("default" in loaded)) throw noDefaultExport(loaded, path);
  const found = loaded["default"];
  const missing = missingParts(found);
  if (missing.length > 0) throw notAStrategy(path, missing);
  return found as AnyStrategy;
}

/** What keeps a value from being a strategy; empty for a strategy. */
function missingParts(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null)
    return [`it exports ${value === null ? "null" : `a ${typeof value}`}`];
  const parts = value as Readonly<Record<string, unknown>>;
  const missing: string[] = [];
  if (parts["kind"] !== "strategy") missing.push("it is not made by strategy({ ... })");
  if (typeof parts["name"] !== "string" || parts["name"] === "") missing.push("name is not a text");
  if (typeof parts["params"] !== "object" || parts["params"] === null)
    missing.push("params is not an object");
  for (const name of ["setup", "onBar"]) {
    if (typeof parts[name] !== "function") missing.push(`${name} is not a function`);
  }
  return missing;
}

function strategyError(parts: Omit<ErrorParts, "exit" | "topic">, cause?: unknown): KiwiError {
  return new KiwiError({ ...parts, exit: "usage", topic: "strategies" }, { cause });
}

/** `STRATEGY_FILE_NOT_FOUND`, with the file beside it that was meant. */
export function strategyFileNotFound(path: string, file: string): KiwiError {
  const folder = dirname(file);
  const others = existsSync(folder)
    ? readdirSync(folder).filter((name) => endings.some((ending) => name.endsWith(ending)))
    : [];
  return strategyError({
    code: "STRATEGY_FILE_NOT_FOUND",
    message: `there is no strategy file ${path}`,
    why: existsSync(file) ? "it is a folder" : `looked for ${file}`,
    fix: didYouMean(
      basename(file),
      others,
      undefined,
      "give the path of a .ts or .js file; a plain name such as sma-cross is a built-in strategy",
    ),
  });
}

function wrongEnding(path: string): KiwiError {
  return strategyError({
    code: "STRATEGY_NOT_A_STRATEGY",
    message: `${path} is no strategy file`,
    why: `a strategy file ends in ${endings.join(", ")}`,
    fix: "rename it, or give the path of the strategy itself",
  });
}

function noDefaultExport(loaded: Readonly<Record<string, unknown>>, path: string): KiwiError {
  const named = Object.entries(loaded).find(([, value]) => missingParts(value).length === 0)?.[0];
  return strategyError({
    code: "STRATEGY_NO_DEFAULT_EXPORT",
    message: `${path} has no default export`,
    why:
      named === undefined
        ? "a strategy file exports its strategy by default"
        : `it exports the strategy ${named}, but not by default`,
    fix: named === undefined ? "write   export default strategy({ ... });" : `add   export default ${named};`,
  });
}

function notAStrategy(path: string, missing: readonly string[]): KiwiError {
  return strategyError({
    code: "STRATEGY_NOT_A_STRATEGY",
    message: `${path} does not export a strategy`,
    why: missing.join("; "),
    fix: "write   export default strategy({ name, summary, params, setup, onBar });",
  });
}
