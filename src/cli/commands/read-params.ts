import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import type { ParamValue } from "../../domain/params.ts";

/** Parameters as typed: a file with a set of them, and single ones that win over it. */
export type ParamFlags = { readonly param?: readonly string[]; readonly params?: string };

/** Reads parameters from flags. Throws `PARAM_UNREADABLE` and `PARAMS_FILE_UNREADABLE`. */
export async function readParams(folder: string, flags: ParamFlags): Promise<Record<string, ParamValue>> {
  const values = flags.params === undefined ? {} : await readSet(folder, flags.params);
  for (const given of flags.param ?? []) {
    const at = given.indexOf("=");
    if (at < 1) throw unreadable(given);
    values[given.slice(0, at)] = given.slice(at + 1);
  }
  return values;
}

async function readSet(folder: string, path: string): Promise<Record<string, ParamValue>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(resolve(folder, path), "utf8"));
  } catch (cause) {
    throw badFile(path, (cause as Error).message);
  }
  const isSet =
    parsed !== null &&
    typeof parsed === "object" &&
    !Array.isArray(parsed) &&
    Object.values(parsed).every((value) => ["number", "boolean", "string"].includes(typeof value));
  if (!isSet) throw badFile(path, "it is not an object of numbers, texts and yes-or-no");
  return { ...(parsed as Record<string, ParamValue>) };
}

function unreadable(given: string): KiwiError {
  return new KiwiError({
    code: "PARAM_UNREADABLE",
    exit: "usage",
    message: `--param ${given} sets nothing`,
    why: "a parameter is a name and a value, with an equals sign between them",
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
