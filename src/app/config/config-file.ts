import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { configError } from "./config-errors.ts";
import { isPlain, type ConfigLayer } from "./config-layer.ts";
import type { Origin } from "./origin.ts";

/** The one name that is looked for. */
export const configFileName = "kiwi.config.jsonc";

/** What people call it besides: such a file would be passed over in silence. */
const otherNames = ["kiwi.config.json", "kiwi.json", "kiwi.jsonc"];

/** A file that was read, with the line of every key. */
export type ConfigFile = ConfigLayer & { readonly path: string };

/**
 * Reads the configuration file: the one told, else `kiwi.config.jsonc` of the folder; null when there is none.
 * Throws `CONFIG_NOT_FOUND`, `CONFIG_NAME`, `CONFIG_SYNTAX` and `CONFIG_DUPLICATE_KEY` with line numbers.
 */
export async function readConfigFile(folder: string, told?: string): Promise<ConfigFile | null> {
  const path = resolve(folder, told ?? configFileName);
  if (told === undefined && !(await isThere(path))) return nothingBut(folder);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(told ?? configFileName, cause);
  });
  return parseConfig(path, text.replace(/^\uFEFF/, ""));
}

/** Null where there is no file of another name that was meant to be the configuration. */
async function nothingBut(folder: string): Promise<null> {
  for (const name of otherNames)
    if (await isThere(resolve(folder, name)))
      throw configError(
        "CONFIG_NAME",
        `${name} is not read: a configuration is called ${configFileName}`,
        "one name is looked for, so that no folder has two of them",
        `mv ${name} ${configFileName}   or name it: --config ${name}`,
      );
  return null;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Parses the text of a configuration file. */
export function parseConfig(path: string, text: string): ConfigFile {
  try {
    return parseWithinDepth(path, text);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw configError(
      "CONFIG_SYNTAX",
      `${basename(path)} is nested too deep to be read`,
      "brackets open inside one another thousands of times, and no setting is that deep",
      "look for brackets that are never closed, or start anew with kiwi init",
    );
  }
}

function parseWithinDepth(path: string, text: string): ConfigFile {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  const isEmpty = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").trim() === "";
  if (first !== undefined && !isEmpty) throw syntaxError(path, text, first);
  const values: unknown = isEmpty || tree === undefined ? {} : getNodeValue(tree);
  if (!isPlain(values)) {
    throw configError(
      "CONFIG_SYNTAX",
      `${basename(path)} holds a ${Array.isArray(values) ? "list" : typeof values}, not settings`,
      "a configuration is an object: { ... }",
      `wrap the settings in { and }, or start with kiwi init`,
    );
  }
  if (tree !== undefined) refuseDuplicates(path, text, tree);
  const originOf = (keys: readonly string[]): Origin => ({
    kind: "file",
    label: `${basename(path)} line ${lineAt(text, offsetOf(tree, keys))}`,
  });
  return { path, values, originOf };
}

function offsetOf(tree: Node | undefined, keys: readonly string[]): number {
  const node = tree && findNodeAtLocation(tree, [...keys]);
  return node?.parent?.type === "property" ? node.parent.offset : (node?.offset ?? 0);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** JSON lets the later of two equal keys win in silence; here nothing is silent. */
function refuseDuplicates(path: string, text: string, node: Node): void {
  const seen = new Map<string, number>();
  for (const child of node.children ?? []) {
    if (child.type === "property") {
      const [key, value] = child.children ?? [];
      const name = String(key?.value);
      if (name === "__proto__") throw badName(path, lineAt(text, child.offset));
      const before = seen.get(name);
      if (before !== undefined) {
        const [line, earlier] = [lineAt(text, child.offset), lineAt(text, before)];
        throw configError(
          "CONFIG_DUPLICATE_KEY",
          `${basename(path)} line ${line} sets ${name} a second time`,
          `line ${earlier} has set it already, and only one of them can hold`,
          line === earlier ? "remove one of them" : `remove line ${earlier} or line ${line}`,
        );
      }
      seen.set(name, child.offset);
      if (value !== undefined) refuseDuplicates(path, text, value);
    } else refuseDuplicates(path, text, child);
  }
}

/** Objects have a hidden part of that name: what is put there would vanish without a word. */
function badName(path: string, line: number): Error {
  return configError(
    "CONFIG_UNKNOWN_KEY",
    `${basename(path)} line ${line} sets __proto__, and there is no such key`,
    "no setting and no symbol can have that name",
    `remove line ${line}`,
  );
}

function syntaxError(path: string, text: string, { error, offset }: ParseError): Error {
  const line = lineAt(text, offset);
  const shown = text.split("\n")[line - 1]?.trim() ?? "";
  const words = printParseErrorCode(error)
    .replace(/([A-Z])/g, " $1")
    .trim()
    .toLowerCase();
  return configError(
    "CONFIG_SYNTAX",
    `${basename(path)} line ${line} cannot be read: ${words}`,
    shown === "" ? "the file ends too early" : `near: ${shown.slice(0, 100)}`,
    `correct line ${line} or the end of the line before it (a comma, a quote, a bracket?)`,
  );
}

function unreadable(told: string, cause: NodeJS.ErrnoException): Error {
  const isMissing = cause.code === "ENOENT";
  return configError(
    isMissing ? "CONFIG_NOT_FOUND" : "CONFIG_UNREADABLE",
    isMissing ? `there is no file ${told}` : `${told} cannot be read: ${cause.message}`,
    isMissing ? "-c names the configuration file to use" : "the system refused it",
    isMissing
      ? `check the path, or leave -c out: ${configFileName} of the folder is found by itself, and none is needed`
      : `check what ${join(told)} is and who may read it`,
  );
}
