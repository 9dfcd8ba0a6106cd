import { join } from "node:path";
import { sha256Of } from "../../base/hash.ts";
import { fileHash, kiwiVersion } from "../plugins/code-identity.ts";
import { ownCode, sourceFiles } from "../plugins/source-files.ts";

/** Where the code lives that turns closes into a model. */
const rooms = ["base", "learning", "regimes"];

/** Kiwi's version and a SHA-256 over the code that a regime model depends on: other code, another model. */
export function trainingCodeVersion(): string {
  const hash = sha256Of(
    rooms.flatMap((room) =>
      sourceFiles(join(ownCode, room)).flatMap((name) => [name, fileHash(join(ownCode, room, name))]),
    ),
  );
  return `${kiwiVersion()} ${hash.slice(0, 16)}`;
}
