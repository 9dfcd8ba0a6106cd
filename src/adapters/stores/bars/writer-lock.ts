import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import type { KiwiError } from "../../../base/errors.ts";
import { formatDuration, secondMs } from "../../../base/time.ts";
import { storeFault, writeFault } from "./bar-store-errors.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** How long a writer waits for another one; writing takes seconds at most, so a longer wait means that something hangs. */
export const lockWaitMs = 30 * secondMs;
const lookAgainMs = 15;

/** What to lock. */
export type WriterLock = {
  /** The lock file; made when it is not there. */
  readonly path: string;
  /** What is being written, for people. */
  readonly what: string;
  readonly waitMs: number;
};

/** Who holds a lock: a note for people beside the lock file. */
type Holder = { readonly pid: number; readonly host: string; readonly sinceMs: number };

/** The last work that queues for each lock in this process. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Does work while no other writer, in this process or another, does work under the same path. The lock belongs to the
 * operating system (SQLite's own file lock), so that it ends with the process that held it, however that ended: there
 * are no stale locks and no process ids to be mistaken. Throws `STORE_LOCKED` after `waitMs`.
 */
export async function withWriterLock<T>(lock: WriterLock, work: () => Promise<T>): Promise<T> {
  const { path } = lock;
  const before = queues.get(path);
  const mine = (async () => {
    await before?.catch(() => {});
    return whileLocked(lock, work);
  })();
  queues.set(path, mine);
  try {
    return await mine;
  } finally {
    if (queues.get(path) === mine) queues.delete(path);
  }
}

async function whileLocked<T>(lock: WriterLock, work: () => Promise<T>): Promise<T> {
  const taken = await take(lock);
  const note = noteOf(lock.path);
  try {
    const holder: Holder = { pid: process.pid, host: hostname(), sinceMs: Date.now() };
    // Only for people: a full disk must not keep a writer from finding out by itself.
    await writeFile(note, JSON.stringify(holder)).catch(() => {});
    return await work();
  } finally {
    await rm(note, { force: true }).catch(() => {});
    taken.close();
  }
}

async function take({ path, what, waitMs }: WriterLock): Promise<Database.Database> {
  const untilMs = Date.now() + waitMs;
  try {
    await mkdir(dirname(path), { recursive: true });
    for (;;) {
      const lock = tryToTake(path);
      if (lock !== null) return lock;
      if (Date.now() >= untilMs) throw await locked(path, what, waitMs);
      await sleep(lookAgainMs);
    }
  } catch (cause) {
    throw writeFault(what, cause);
  }
}

function tryToTake(path: string): Database.Database | null {
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock.close();
    const code = (cause as { code?: string }).code ?? "";
    if (code.startsWith("SQLITE_BUSY")) return null;
    throw /^SQLITE_(NOTADB|CORRUPT)/.test(code) ? brokenLock(path, cause) : cause;
  }
}

function brokenLock(path: string, cause: unknown): KiwiError {
  return storeFault(
    {
      code: "LOCK_DAMAGED",
      exit: "data",
      message: `${path} is no lock file any more`,
      why: "it says nothing and only holds the lock; something else was written into it",
      fix: `look that no other kiwi is running, then remove it (it is made anew): rm ${shellWord(path)}`,
    },
    cause,
  );
}

async function locked(path: string, what: string, waitMs: number): Promise<KiwiError> {
  const holder = await readFile(noteOf(path), "utf8")
    .then((text) => JSON.parse(text) as Holder)
    .catch(() => null);
  const who =
    holder === null
      ? "another process"
      : `process ${holder.pid} on ${holder.host}, for ${formatDuration(Date.now() - holder.sinceMs)}`;
  const isHere = holder?.host === hostname();
  return storeFault({
    code: "STORE_LOCKED",
    exit: "data",
    message: `${what} is being written by ${who}`,
    why: `one writer at a time; waited ${formatDuration(waitMs)}, and the lock ends by itself with the process that holds it`,
    fix: isHere
      ? `wait for it, or look what it does and end it: ps ${holder.pid}; kill ${holder.pid}`
      : `wait for it, or find it: fuser ${path}`,
  });
}

function noteOf(path: string): string {
  return `${path}.holder`;
}
