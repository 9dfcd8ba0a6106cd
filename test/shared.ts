import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..", "shared");

/** Whether the real test data stand beside the project; tests that need them skip visibly when they do not. */
export const hasShared = existsSync(join(root, "fixtures"));

/** A path inside the folder of shared test data. */
export function sharedPath(...parts: readonly string[]): string {
  return join(root, ...parts);
}
