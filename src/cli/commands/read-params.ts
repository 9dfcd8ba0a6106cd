import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseTree } from "jsonc-parser";
import { KiwiError } from "../../base/errors.ts";
import type { ParamValue } from "../../domain/params.ts";

/** Parameters as typed: a file with a set of them, and single ones that win over it. */
export type ParamFlags = { readonly param?: readonly string[]; readonly params?: string };

/** Reads parameters from flags. Throws `PARAM_UNREADABLE`, `PARAM_TWICE` and `PARAMS_FILE_UNREADABLE`. */
export async function readParams(folder: string, flags: ParamFlags): Promise<Record<string, ParamValue>> {
  const values = new Map(flags.params === undefined ? [] : await readSet(folder, flags.params));
  const typed = new Set<string>();
  for (const given of flags.param ?? []) {
    const at = given.indexOf("=");
    if (at < 1) throw unreadable(given);
    const name = given.slice(0, at).trim();
    if (name === "__proto__") throw unreadable(given);
    if (typed.has(name)) throw twice(name, "the command line");
    typed.add(name);
    values.set(name, given.slice(at + 1));
  }
  return Object.fromEntries(values);
}

async function readSet(folder: string, path: string): Promise<readonly (readonly [string, ParamValue])[]> {
  let text: string;
  try {
    text = await readFile(resolve(folder, path), "utf8");
    JSON.parse(text);
  } catch (cause) {
    throw badFile(path, (cause as Error).message);
  }
  // JSON.parse lets the later of two equal names win in silence; the tree has both.
  const tree = parseTree(text);
  const entries = (tree?.children ?? []).map(({ children }): readonly [string, unknown] => [
    String(children?.[0]?.value),
    children?.[1]?.value,
  ]);
  const isSet = ({ 1: value }: readonly [string, unknown]): boolean =>
    ["number", "boolean", "string"].includes(typeof value);
  if (entries.some(([name]) => name === "__proto__")) throw badFile(path, "no parameter is called __proto__");
  if (tree?.type !== "object" || !entries.every(isSet))
    throw badFile(path, "it is not an object of numbers, texts and yes-or-no");
  const doubled = entries.find(([name], k) => entries.findIndex(([other]) => other === name) !== k);
  if (doubled !== undefined) throw twice(doubled[0], path);
  return entries as readonly (readonly [string, ParamValue])[];
}

function twice(name: string, where: string): KiwiError {
  return new KiwiError({
    code: "PARAM_TWICE",
    exit: "usage",
    message: `${where} sets the parameter ${name} twice`,
    why: "only one of them could hold",
    fix: "remove one of them",
    topic: "params",
  });
}

function unreadable(given: string): KiwiError {
  return new KiwiError({
    code: "PARAM_UNREADABLE",
    exit: "usage",
    message: `--param ${given} sets nothing`,
    why: "a parameter is a name and a value, with an equals sign between them; none is called __proto__",
    fix: "write for example --param fast=20",
    topic: "params",
  });
}

function badFile(path: string, why: string): KiwiError {
  return new KiwiError({
    code: "PARAMS_FILE_UNREADABLE",
    exit: "config",
    message: `the parameters in ${path} cannot be read`,
    why,
    fix: 'write an object such as { "fast": 20, "slow": 100 } into it, or use --param',
    topic: "params",
  });
}
