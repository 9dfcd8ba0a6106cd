import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256, sha256Of } from "../../base/hash.ts";
import { ownCode, sourceFiles } from "./source-files.ts";

// What is known of the code that runs. In a bundle another module stands in the place of this one: bin/bundle.js writes it.

/** SHA-256 over Kiwi's source files by name, tests left out; of a bundle, over those that it was made of. */
export function sourceHash(): string {
  return sha256Of(sourceFiles(ownCode).flatMap((name) => [name, sha256(readFileSync(join(ownCode, name)))]));
}

/** What runs of a module at the top of the source, by its address there: itself, or its part of the bundle. */
export function runningPlace(address: string): string {
  return address;
}
