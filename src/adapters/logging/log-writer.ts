import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { dayMs } from "../../base/time.ts";

/** How much a log may take. */
export type LogRoom = {
  /** A file of this size is put aside. */
  readonly fileBytesMax: number;
  /** So many files are kept, the present one included. */
  readonly filesMax: number;
  /** No day (UTC) writes more: what is repeated without end must not fill a disk. */
  readonly dayBytesMax: number;
};

/** The name of the present file; older ones are `kiwi.log.1`, `kiwi.log.2` and so on. */
export const logFileName = "kiwi.log";

/** Room that is kept for errors when the day's is used up. */
const errorShare = 0.1;

/**
 * Lines of a log in files of one size, with a cap on the bytes of a day. A disk that takes no line is no reason to stop
 * trading: the line is counted and lost, and the journal decides for itself.
 */
export class LogWriter {
  /** Lines that were not written, by reason. */
  readonly lost = { full: 0, failed: 0 };
  private readonly folder: string;
  private readonly room: LogRoom;
  private readonly nowMs: () => number;
  private handle: number | null = null;
  private size = 0;
  private day = Number.NaN;
  private dayBytes = 0;
  private hasSaidFull = false;

  constructor(folder: string, room: LogRoom, nowMs: () => number) {
    this.folder = folder;
    this.room = room;
    this.nowMs = nowMs;
  }

  /** Writes a line that ends with a line feed; errors have a little room of their own. */
  write(line: string, isError: boolean): void {
    const bytes = Buffer.byteLength(line);
    if (!this.hasRoom(bytes, isError)) {
      this.lost.full += 1;
      return;
    }
    try {
      this.open(bytes);
      writeSync(this.handle!, line);
      this.size += bytes;
      this.dayBytes += bytes;
    } catch {
      this.lost.failed += 1;
      this.close();
    }
  }

  close(): void {
    if (this.handle !== null) closeSync(this.handle);
    this.handle = null;
  }

  private hasRoom(bytes: number, isError: boolean): boolean {
    const nowMs = this.nowMs();
    const day = Math.floor(nowMs / dayMs);
    if (day !== this.day) {
      this.dayBytes = Number.isNaN(this.day) ? writtenSince(this.folder, day * dayMs) : 0;
      this.day = day;
      this.hasSaidFull = false;
    }
    const { dayBytesMax } = this.room;
    if (this.dayBytes + bytes <= dayBytesMax) return true;
    if (!this.hasSaidFull) {
      this.hasSaidFull = true;
      const msg = "the log is full for today: only errors are written until midnight UTC";
      const notice = JSON.stringify({ level: 50, time: nowMs, part: "log", dayBytesMax, msg });
      this.write(`${notice}\n`, true);
    }
    return isError && this.dayBytes + bytes <= dayBytesMax * (1 + errorShare);
  }

  private open(bytes: number): void {
    const path = join(this.folder, logFileName);
    if (this.handle !== null && this.size + bytes > this.room.fileBytesMax && this.size > 0) {
      this.close();
      this.putAside(path);
    }
    if (this.handle !== null) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.handle = openSync(path, "a", 0o600);
    this.size = fstatSync(this.handle).size;
    if (this.size > 0 && this.size + bytes > this.room.fileBytesMax) this.open(bytes);
  }

  private putAside(path: string): void {
    const { filesMax } = this.room;
    rmSync(`${path}.${filesMax - 1}`, { force: true });
    for (let age = filesMax - 2; age >= 0; age--) {
      const from = age === 0 ? path : `${path}.${age}`;
      if (filesMax > 1 && statSync(from, { throwIfNoEntry: false }) !== undefined)
        renameSync(from, `${path}.${age + 1}`);
    }
    if (filesMax <= 1) rmSync(path, { force: true });
  }
}

/** The files of a log, oldest first. */
export function logFiles(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const age = (name: string): number => Number(name.slice(logFileName.length + 1)) || 0;
  return names
    .filter((name) => name === logFileName || new RegExp(`^${logFileName}\\.\\d+$`).test(name))
    .toSorted((a, b) => age(b) - age(a))
    .map((name) => join(folder, name));
}

/** A robot that is started again has no new room for the day. */
function writtenSince(folder: string, sinceMs: number): number {
  return logFiles(folder)
    .map((path) => statSync(path))
    .filter(({ mtimeMs }) => mtimeMs >= sinceMs)
    .reduce((sum, { size }) => sum + size, 0);
}
