import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";

/**
 * Keeps compiled source for the next start: compiling it anew costs a third of a second every time. Without a place
 * to write, nothing is kept and nothing breaks.
 */
export function keepCompiled(): void {
  enableCompileCache(join(import.meta.dirname, "..", "..", "node_modules", ".cache", "kiwi"));
}

/** Writes down now what was compiled: a thread that is stopped from outside would lose it. */
export function flushCompiled(): void {
  flushCompileCache();
}
