import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { storeError } from "./store-errors.ts";

/**
 * Makes a folder and those above it; one that is there is left as it is. Throws `DISK_FULL` or `NOT_WRITABLE`.
 * Step by step: Node's own recursive way never returns where the system says that a parent which exists does not.
 */
export function makeFolder(path: string): void {
  try {
    make(path);
  } catch (cause) {
    throw storeError(path, cause);
  }
}

function make(path: string): void {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind?.isDirectory() === true) return;
  const parent = dirname(path);
  if (kind === undefined && parent !== path) make(parent);
  try {
    mkdirSync(path);
  } catch (cause) {
    // Somebody else may have made it since we looked.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw cause;
  }
}
