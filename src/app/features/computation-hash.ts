import { join } from "node:path";
import { sha256Of } from "../../base/hash.ts";
import { fileHash, kiwiVersion } from "../plugins/code-identity.ts";
import { ownCode, sourceFiles } from "../plugins/source-files.ts";

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
      sourceFiles(join(ownCode, room)).flatMap((name) => [name, fileHash(join(ownCode, room, name))]),
    ),
  ]);
  return known;
}
