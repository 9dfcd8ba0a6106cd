import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { KiwiError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import { shellWord } from "../../base/shell-word.ts";

type Said = { readonly message: string; readonly why: string; readonly fix: string };

/** What keeps a strategy file from being loaded, for a person: a name that is not exported, something that is not there, broken syntax, or a throw. */
export async function importError(path: string, cause: unknown): Promise<KiwiError> {
  const text = cause instanceof Error ? cause.message : String(cause);
  const export_ = /requested module '([^']+)' does not provide an export named '([^']+)'/.exec(text);
  if (export_ !== null) return failed(await exportMissing(path, cause, export_[1]!, export_[2]!), cause);
  const missing = /Cannot find (package|module) '([^']+)' imported from (.+)/.exec(text);
  if (missing?.[1] === "package") return failed(packageMissing(missing[2]!, missing[3]!), cause);
  if (missing !== null) return failed(fileMissing(missing[2]!, missing[3]!), cause);
  if (isSyntaxError(cause)) return syntaxError(path, cause);
  return failed(
    {
      message: `${path} cannot be loaded: ${text}`,
      why: "the file, or one that it imports, threw while it was loaded",
      fix: "mend it; -v shows where it was thrown",
    },
    cause,
  );
}

function isSyntaxError(cause: unknown): cause is Error {
  if (!(cause instanceof Error)) return false;
  const code = "code" in cause ? String(cause.code) : "";
  return cause.name === "SyntaxError" || code.endsWith("_TYPESCRIPT_SYNTAX");
}

function failed(said: Said, cause: unknown): KiwiError {
  return new KiwiError(
    { code: "STRATEGY_IMPORT_FAILED", exit: "usage", topic: "strategies", ...said },
    { cause },
  );
}

function packageMissing(name: string, importer: string): Said {
  const from = withoutMark(importer);
  return {
    message: `${from} imports the package "${name}", which is not installed`,
    why: `it is in no node_modules of ${dirname(from)} or of a folder above`,
    fix: `npm install --prefix ${shellWord(dirname(from))} ${name}   (or take the import out)`,
  };
}

function fileMissing(file: string, importer: string): Said {
  const folder = dirname(withoutMark(file));
  const name = basename(withoutMark(file));
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return {
    message: `${withoutMark(importer)} imports ${join(folder, name)}, which is not there`,
    why: "files are imported by their whole names, with the ending",
    fix: didYouMean(
      name,
      names,
      (near) => `"./${near}" in that folder`,
      "put it there, or correct the import",
    ),
  };
}

/** Node says the same of a type that is imported as if it were a value: types are erased before anything is loaded. */
async function exportMissing(path: string, cause: unknown, module: string, name: string): Promise<Said> {
  const known = await exportsOf(module, path);
  return {
    message: `${path}${placeOf(cause)} imports "${name}" from "${module}", which has no such value`,
    why: "the name is misspelt, or it is a type",
    fix: didYouMean(
      name,
      known,
      undefined,
      `a type is imported by   import type { ${name} } from "${module}";`,
    ),
  };
}

async function exportsOf(module: string, path: string): Promise<readonly string[]> {
  const address = module.startsWith(".") ? pathToFileURL(resolve(dirname(path), module)).href : module;
  try {
    return Object.keys((await import(/* @vite-ignore */ address)) as object);
  } catch {
    // Only a better hint hangs on it.
    return [];
  }
}

function syntaxError(path: string, cause: Error): KiwiError {
  // By its full name: `npx tsc` alone would fetch another package of that name where TypeScript is not installed.
  const compiler = "npx -p typescript tsc --noEmit --ignoreConfig --skipLibCheck --module nodenext";
  return new KiwiError(
    {
      code: "STRATEGY_SYNTAX",
      exit: "usage",
      topic: "strategies",
      message: `${path}${placeOf(cause)} cannot be read: ${cause.message}`,
      why: "the file, or one that it imports, is not valid TypeScript or JavaScript; only types that can be erased are allowed (no enum, no namespace)",
      fix: `mend it; ${compiler} ${shellWord(path)}   shows all mistakes`,
    },
    { cause },
  );
}

/** Node puts the place and the line itself above the error in its stack. */
function placeOf(cause: unknown): string {
  const line = cause instanceof Error ? /:(\d+)\r?\n/.exec(cause.stack ?? "")?.[1] : undefined;
  return line === undefined ? "" : `:${line}`;
}

/** A file as people see it, without what marks one loading of it. */
function withoutMark(file: string): string {
  return file.replace(/\?.*$/s, "").trim();
}
