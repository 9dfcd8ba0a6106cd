import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "../../../base/hash.ts";
import type { Checkpoint } from "../../../ports/learning/checkpoint.ts";
import { writeFault } from "../bars/bar-store-errors.ts";
import { replaceFile } from "../bars/durable-files.ts";

/** A checkpoint of the training known by `key`, in a file of its own below `root`. A full disk is said and ends the training. */
export function checkpointFile(root: string, key: string): Checkpoint {
  const path = join(root, ".training", `${sha256(key).slice(0, 32)}.state`);
  return {
    async read() {
      return readFile(path).catch(() => null);
    },
    async write(state) {
      try {
        await mkdir(dirname(path), { recursive: true });
        await replaceFile(path, [state]);
      } catch (cause) {
        throw writeFault(path, cause, "models");
      }
    },
    async clear() {
      await rm(path, { force: true });
    },
  };
}
