import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { packageFolder } from "./package-folder.ts";

const scriptsFor = (file: string): Readonly<Record<string, string>> => ({
  backtest: "kiwi backtest",
  check: `kiwi check all ./${file}.ts`,
  kiwi: "kiwi",
});

/**
 * Writes the package.json of a project with its scripts, or adds to one that is there what it lacks; nothing in it is
 * changed. Returns what was done, for people; null where there was nothing to do.
 */
export function writePackage(folder: string, file: string): string | null {
  const path = join(folder, "package.json");
  const isNew = !existsSync(path);
  const held = isNew ? newPackage(folder) : readPackage(path);
  if (held === null) return `package.json is not plain JSON and was left as it is`;
  const scripts = { ...scriptsFor(file), ...held["scripts"] };
  const whole = { ...held, type: held["type"] ?? "module", scripts };
  const text = `${JSON.stringify(whole, null, 2)}\n`;
  if (!isNew && text === readFileSync(path, "utf8")) return null;
  writeWhole(path, text);
  return isNew ? "wrote package.json" : "added to package.json what was missing (type, scripts)";
}

type PackageJson = { readonly [key: string]: unknown; readonly scripts?: Readonly<Record<string, string>> };

/** Kiwi is named by a path from the project, so that both may be moved together. */
function newPackage(folder: string): PackageJson {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-");
  const kiwi = relative(folder, packageFolder).replaceAll("\\", "/");
  return { name, private: true, type: "module", dependencies: { kiwi: `file:${kiwi}` } };
}

function readPackage(path: string): PackageJson | null {
  try {
    const held: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof held === "object" && held !== null && !Array.isArray(held) ? (held as PackageJson) : null;
  } catch {
    return null;
  }
}

/** Makes the link that `npm install` would: `from "kiwi"` has its types, and scripts and `npx kiwi` find the program. */
export function linkKiwi(folder: string): void {
  const modules = join(folder, "node_modules");
  const link = join(modules, "kiwi");
  if (existsSync(link) || resolve(link) === packageFolder) return;
  mkdirSync(join(modules, ".bin"), { recursive: true });
  const isWindows = process.platform === "win32";
  symlinkSync(isWindows ? packageFolder : relative(modules, packageFolder), link, "junction");
  const start = join(modules, ".bin", isWindows ? "kiwi.cmd" : "kiwi");
  if (existsSync(start)) return;
  if (isWindows) writeWhole(start, '@node "%~dp0\\..\\kiwi\\bin\\kiwi.js" %*\r\n');
  else symlinkSync(join("..", "kiwi", "bin", "kiwi.js"), start);
}
