import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sha256Of } from "../../base/hash.ts";
import { fileHash, kiwiVersion } from "../plugins/code-identity.ts";

const source = join(import.meta.dirname, "..", "..");
/** Where the code lives that turns closes into a model. */
const rooms = ["base", "learning", "regimes"];

/** Kiwi's version and a SHA-256 over the code that a regime model depends on: other code, another model. */
export function trainingCodeVersion(): string {
  const hash = sha256Of(
    rooms.flatMap((room) =>
      readdirSync(join(source, room), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
        .sort()
        .flatMap((name) => [name.replaceAll("\\", "/"), fileHash(join(source, room, name))]),
    ),
  );
  return `${kiwiVersion()} ${hash.slice(0, 16)}`;
}
