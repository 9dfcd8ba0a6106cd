import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The folder of Kiwi's own code: `src` in a clone, `dist` in an installed package. */
export const ownCode = join(import.meta.dirname, "..", "..");

/** Kiwi's own modules below a folder of its code, by name and in order: TypeScript, or what it was built into. */
export function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /(?<!\.d|\.test)\.[jt]s$/.test(name))
    .sort();
}
