import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** Writes a small file so that a reader sees what was in it or what is new, never half of it. */
export function replaceFile(path: string, text: string | Uint8Array): void {
  const aside = `${path}.${process.pid}.partial`;
  writeFileSync(aside, text, { mode: 0o600 });
  renameSync(aside, path);
}

/** What a file says; null when it is not there. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw cause;
  }
}
