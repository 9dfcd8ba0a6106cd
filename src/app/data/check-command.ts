import { dirname } from "node:path";
import { shellWord } from "../../base/shell-word.ts";

/** So many words are typed; more files are named by their folders. */
const wordsMax = 3;

/** The command that shows all that is to be said of these bars: those that were downloaded, or the files that a run was given. */
export function checkCommand(
  sources: readonly { readonly path: string; readonly stored?: unknown }[],
): string {
  const files = [...new Set(sources.filter(({ stored }) => stored === undefined).map(({ path }) => path))];
  const words = files.length <= wordsMax ? files : [...new Set(files.map(dirname))];
  return ["kiwi data check", ...words.map(shellWord)].join(" ");
}
