import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";

const folder = join(import.meta.dirname, "..", "..", "node_modules", ".cache", "kiwi");

/**
 * Keeps compiled source for the next start: compiling it anew costs a third of a second every time. Without a place
 * to write, nothing is kept and nothing breaks. Processes that are started from here do the same.
 */
export function keepCompiled(): void {
  enableCompileCache(folder);
  process.env["NODE_COMPILE_CACHE"] ??= folder;
}

/** Writes down now what was compiled: a thread that is stopped from outside would lose it. */
export function flushCompiled(): void {
  flushCompileCache();
}
