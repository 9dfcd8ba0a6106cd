import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { journalGone } from "./journal-errors.ts";

/** The bytes under a journal. Everything throws what the disk throws, and nothing is tried twice here. */
export type JournalDisk = {
  /** What people call it. */
  readonly path: string;
  /** How many bytes are there; 0 for a file that does not exist. */
  size(): number;
  /** So many bytes from `at` on, or those that there are. */
  readAt(at: number, length: number): Buffer;
  /** Ends the file at `at`; `rest`, which stood behind it, is kept aside. */
  cutOff(at: number, rest: Buffer): void;
  /** Makes the file ready to be written at its end. */
  open(): void;
  append(bytes: Buffer): void;
  /** What was appended is safe when this returns. Throws where the file is not at its place any more: what is written is lost. */
  sync(): void;
  /** The same for a file that is new: its name, too. */
  syncNew(): void;
  close(): void;
};

/** A file as the disk of a journal. */
export function fileDisk(path: string): JournalDisk {
  let descriptor = -1;
  let inode = 0;
  return {
    path,
    size: () => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    readAt: (at, length) => readPart(path, at, length),
    cutOff(at, rest) {
      writeFileSync(`${path}.torn-${at}`, rest, { flush: true });
      const file = openSync(path, "r+");
      ftruncateSync(file, at);
      fsyncSync(file);
      closeSync(file);
    },
    open() {
      descriptor = openSync(path, "a");
      inode = fstatSync(descriptor).ino;
    },
    append(bytes) {
      // A disk may take a part of what it is given and no more.
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    },
    sync() {
      fdatasyncSync(descriptor);
      if (statSync(path, { throwIfNoEntry: false })?.ino !== inode) throw new Error(journalGone);
    },
    syncNew() {
      fsyncSync(descriptor);
      syncFolder(dirname(path));
    },
    close: () => closeSync(descriptor),
  };
}

function readPart(path: string, at: number, length: number): Buffer {
  const part = Buffer.allocUnsafe(length);
  const file = openSync(path, "r");
  try {
    let read = 0;
    while (read < length) {
      const more = readSync(file, part, read, length - read, at + read);
      if (more === 0) break;
      read += more;
    }
    return part.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

/** Makes the name of a new file durable. Windows has no such thing and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
