import fs from "node:fs";
import { dirname, join } from "node:path";

/**
 * What a failing power takes with it: the bytes of files that were not synced, the names that were given or taken since
 * their folder was synced, or both. Any of them may happen: POSIX promises neither before its own sync.
 */
export type Loss = "bytes" | "names" | "both";

// Taken before anybody wraps them: what is lost is not done by the program.
const { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } = fs;

/** A database syncs itself, beside `node:fs`, and is mapped into the memory of this very process. */
const database = /\.(sqlite|db)(-\w+)?$/;

/** Remembers what of a folder would be there after the power failed. */
export class UnsyncedDisk {
  private readonly folder: string;
  /** Bytes that are on the disk for sure, by the present name of their file. */
  private durable = new Map<string, Buffer>();
  /** How names would go back, newest last, and the folder whose sync makes them stay. */
  private names: { readonly folder: string; readonly undo: () => void }[] = [];
  private removed = new Map<string, Buffer>();

  constructor(folder: string) {
    this.folder = folder;
    for (const path of filesBelow(folder)) this.durable.set(path, readFileSync(path));
  }

  /** Called before an operation that may take away what was there. */
  before(name: string, path: unknown): void {
    if (name !== "rm" && name !== "unlink") return;
    this.removed = new Map(
      filesBelow(String(path)).map((file) => [file, this.durable.get(file) ?? Buffer.alloc(0)]),
    );
  }

  /** Takes note of an operation that was done. */
  note(name: string, path: string, to: string | null): void {
    if (name === "sync") this.sync(path);
    else if (name === "rename") this.rename(path, to!);
    else if (name === "rm" || name === "unlink") {
      const { removed } = this;
      for (const file of removed.keys()) this.durable.delete(file);
      this.names.push({ folder: dirname(path), undo: () => removed.forEach(writeBack) });
    }
  }

  /** Leaves the folder as it is after the power failed. */
  lose(loss: Loss): void {
    if (loss !== "names") {
      for (const path of filesBelow(this.folder)) {
        const [known, now] = [this.durable.get(path), readFileSync(path)];
        if (known !== undefined && now.equals(known)) continue;
        // What was appended is gone; what was written anew is an empty file.
        const isAppended = known !== undefined && now.subarray(0, known.length).equals(known);
        writeFileSync(path, isAppended ? known : "");
      }
    }
    if (loss !== "bytes") for (const { undo } of this.names.toReversed()) undo();
  }

  private sync(path: string): void {
    if (lstatSync(path).isDirectory()) this.names = this.names.filter(({ folder }) => folder !== path);
    else this.durable.set(path, readFileSync(path));
  }

  private rename(from: string, to: string): void {
    const replaced = this.durable.get(to);
    const moved = [...this.durable].filter(([path]) => path === from || path.startsWith(`${from}/`));
    this.durable.delete(to);
    for (const [path, bytes] of moved) {
      this.durable.delete(path);
      this.durable.set(to + path.slice(from.length), bytes);
    }
    const undo = (): void => {
      if (!existsSync(to)) return;
      mkdirSync(dirname(from), { recursive: true });
      rmSync(from, { recursive: true, force: true });
      renameSync(to, from);
      if (replaced !== undefined) writeBack(replaced, to);
    };
    this.names.push({ folder: dirname(to), undo });
  }
}

function writeBack(bytes: Buffer, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

function filesBelow(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (!lstatSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !database.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
