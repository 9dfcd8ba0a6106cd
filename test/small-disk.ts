import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether this machine lets a test make a disk of its own; as a rule only root on Linux may. */
export const canMakeDisk = tryToMakeDisk();

/** Runs `use` with a folder on a disk of `kilobytes`, in memory, so that it can be filled for real. */
export async function withSmallDisk<T>(kilobytes: number, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeDisk(kilobytes);
  try {
    return await use(folder);
  } finally {
    removeDisk(folder);
  }
}

function makeDisk(kilobytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder], { stdio: "ignore" });
  } catch (cause) {
    rmSync(folder, { recursive: true });
    throw cause;
  }
  return folder;
}

function removeDisk(folder: string): void {
  // Lazily: DuckDB may still be closing a file.
  execFileSync("umount", ["--lazy", folder], { stdio: "ignore" });
  rmSync(folder, { recursive: true });
}

function tryToMakeDisk(): boolean {
  try {
    removeDisk(makeDisk(64));
    return true;
  } catch {
    return false;
  }
}

/** Takes the last byte of a disk; the returned function gives them back. */
export function fillDisk(folder: string): () => void {
  const paths: string[] = [];
  for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2))
    for (let again = 0; again < 2; again++) {
      paths.push(join(folder, `stuff${paths.length}`));
      try {
        writeFileSync(paths.at(-1)!, Buffer.alloc(size));
      } catch {
        // No room for so much: less may fit.
      }
    }
  return () => {
    for (const path of paths) rmSync(path, { force: true });
  };
}
