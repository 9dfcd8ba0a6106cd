import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256, sha256Of } from "../../base/hash.ts";
import { ownCode } from "./source-files.ts";
import { sourceHash } from "./running-code.ts";

/** Kiwi's version, as its package says. */
export function kiwiVersion(): string {
  return (JSON.parse(readFileSync(join(ownCode, "..", "package.json"), "utf8")) as { version: string })
    .version;
}

/**
 * SHA-256 over Kiwi's version, its source files by name (tests left out), and the person's own files: what the
 * numbers of a run depend on beside bars and settings.
 */
export function codeHash(ownFiles: readonly string[]): string {
  return sha256Of([kiwiVersion(), sourceHash(), ...ownFiles.map(fileHash)]);
}

/**
 * SHA-256 over Kiwi's version and the person's own files, strategy and plug-ins: another one is another strategy, and what was
 * found out about the first says nothing about it.
 */
export function strategyHash(ownFiles: readonly string[]): string {
  return sha256Of([kiwiVersion(), ...ownFiles.map(fileHash)]);
}

/** SHA-256 of a small file. */
export function fileHash(path: string): string {
  return sha256(readFileSync(path));
}
