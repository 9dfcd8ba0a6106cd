import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sha256Of } from "../../base/hash.ts";
import { fileHash, kiwiVersion } from "../plugins/code-identity.ts";

const source = join(import.meta.dirname, "..", "..");
/** Where the code lives that turns bars and an expression into numbers. */
const rooms = ["domain", "indicators", "engine/columns"];
let known: string | null = null;

/**
 * SHA-256 over the code that feature values depend on beside their expressions: an indicator that is corrected must
 * not leave its old values behind.
 */
export function computationHash(): string {
  known ??= sha256Of([
    kiwiVersion(),
    ...rooms.flatMap((room) =>
      readdirSync(join(source, room), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
        .sort()
        .flatMap((name) => [name.replaceAll("\\", "/"), fileHash(join(source, room, name))]),
    ),
  ]);
  return known;
}
