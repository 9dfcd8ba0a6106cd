import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256, sha256Of } from "../../base/hash.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** Kiwi's version, as its package says. */
export function kiwiVersion(): string {
  return (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
}

/**
 * SHA-256 over Kiwi's version, its source files by name (tests left out), and the person's own files: what the
 * numbers of a run depend on beside bars and settings.
 */
export function codeHash(ownFiles: readonly string[]): string {
  const source = join(root, "src");
  const names = readdirSync(source, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .sort();
  const pieces = [kiwiVersion()];
  for (const name of names) pieces.push(name, fileHash(join(source, name)));
  for (const path of ownFiles) pieces.push(fileHash(path));
  return sha256Of(pieces);
}

/** SHA-256 of a small file. */
export function fileHash(path: string): string {
  return sha256(readFileSync(path));
}
