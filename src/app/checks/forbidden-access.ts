import { isBuiltin, registerHooks } from "node:module";
import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Finding } from "../../analysis/checks/check-result.ts";
import { installKiwiSpecifier } from "../plugins/kiwi-specifier.ts";
import { instanceMark } from "../plugins/load-strategy.ts";
import { trapGlobals } from "./trap-globals.ts";

/** Watches what a user's code reaches for until it is told to stop; then everything is as it was. */
type AccessWatch = {
  readonly findings: () => readonly Finding[];
  readonly stop: () => void;
};

/** Parts of Node that compute and do nothing else. */
const pure = new Set([
  "assert",
  "assert/strict",
  "buffer",
  "events",
  "path",
  "path/posix",
  "path/win32",
  "punycode",
  "querystring",
  "string_decoder",
  "url",
  "util",
  "util/types",
]);
const ownSource = new URL("../../", import.meta.url).href;
/** Rooms of Kiwi itself that touch the outside. */
const outerRooms = new Set(["adapters", "app", "cli", "data.ts", "emulator", "jobs", "robot", "server"]);

/**
 * Sets the traps: imports of anything that can read a file, the network or another process, files of data, and the
 * globals that tell time, draw chance or reach out. Only what user code does is reported, code that
 * `loadStrategyFile` loaded with `fresh` and whatever that imports; it goes on as if nothing had happened, but for
 * the network, which is not reached. `files` are user code, too.
 */
export function watchAccess(files: readonly string[] = []): AccessWatch {
  const found = new Map<string, Finding>();
  const users = new Set(files.map((file) => pathToFileURL(resolve(file)).href));
  const isUsers = (url: string) => url.includes(instanceMark) || users.has(url);
  const report = (url: string, what: string, why: string) => {
    const file = fileOf(url);
    const sentence = `${file} ${what}: ${why}`;
    const finding = {
      kind: "access",
      culprit: file,
      symbol: null,
      timeMs: null,
      shown: what,
      otherwise: null,
    } as const;
    found.set(sentence, { ...finding, sentence });
  };
  // The last hook hears of an import first: before this one, nobody would hear of an import of Kiwi's outer rooms.
  installKiwiSpecifier();
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const result = next(specifier, context);
      const parent = context.parentURL;
      if (parent === undefined || !isUsers(parent)) return result;
      const why = reasonAgainst(specifier, result.url);
      if (why !== null) report(parent, `imports ${specifier}`, why);
      if (result.url.startsWith("file:") && !result.url.startsWith(ownSource)) users.add(result.url);
      return result;
    },
  });
  const release = trapGlobals((stack, what, why) => {
    const url = userFrame(stack, isUsers);
    if (url !== null) report(url, what, why);
  });
  return {
    findings: () => [...found.values()],
    stop: () => {
      hooks.deregister();
      release();
    },
  };
}

/** Why a strategy may not import this; null when it may. */
function reasonAgainst(specifier: string, url: string): string | null {
  if (isBuiltin(specifier)) {
    return pure.has(specifier.replace(/^node:/, ""))
      ? null
      : "through it the future, the clock or chance can come in, and nobody could tell";
  }
  const room = url.startsWith(ownSource) ? url.slice(ownSource.length).split("/")[0]! : "";
  if (outerRooms.has(room)) return "this part of Kiwi reads files, the network or the clock";
  return /\.(json|node|wasm)$/.test(url.replace(/\?.*$/, ""))
    ? "numbers from a file may have been fitted on the bars that they are tested on; write them into params, where everybody sees them"
    : null;
}

/**
 * The file of whoever stepped on the trap, when it is the user's; what Node does on its own account is not. The first lines
 * of the stack are those of the trap, which is a file of its own.
 */
function userFrame(stack: string, isUsers: (url: string) => boolean): string | null {
  let trap: string | undefined;
  for (const line of stack.split("\n")) {
    const place = /\(?([^\s()]+):\d+:\d+\)?$/.exec(line)?.[1];
    trap ??= place;
    if (place === undefined || place === trap) continue;
    const url = place.startsWith("file:") || place.startsWith("node:") ? place : pathToFileURL(place).href;
    return isUsers(url) ? url : null;
  }
  return null;
}

function fileOf(url: string): string {
  return relative(process.cwd(), fileURLToPath(url.replace(/\?.*$/, "")));
}
