import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { KiwiError } from "../base/errors.ts";
import { accountSlug } from "./account-slug.ts";

/** Who holds an account, for people and for whoever wants to stop it. */
export type LockHolder = {
  readonly pid: number;
  readonly host: string;
  readonly sinceMs: number;
  /** What it does there, as in `paper session 20260304-1200`. */
  readonly what: string;
};

/** An account that nobody else may trade while it is held. */
export type AccountLock = {
  /** Larger than that of every earlier holder. */
  readonly token: number;
  /** Whether the lock is still ours; asked before each send, in microseconds. */
  readonly isHeld: boolean;
  readonly release: () => void;
};

/** Takes an account for this process. Throws `ACCOUNT_LOCKED` while another process holds it. */
export function lockAccount(
  home: string,
  account: string,
  holder: Omit<LockHolder, "pid" | "host">,
): AccountLock {
  const lock = takeLock(home, account, holder);
  if (lock === null) throw lockedBy(account, holderOf(home, account));
  return lock;
}

/**
 * Takes something for this process, under a name in a folder; null while another process holds it. The lock is the
 * operating system's (SQLite's own file lock), so that it ends with the process, however that ended: no lock is ever
 * stale, and no number of a process is mistaken for another's. A process that stands still keeps it.
 */
export function takeLock(
  folder: string,
  name: string,
  holder: Omit<LockHolder, "pid" | "host">,
): AccountLock | null {
  const path = lockPath(folder, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = new Database(path, { timeout: 0 });
  let token: number;
  try {
    token = takeToken(lock);
  } catch (cause) {
    lock.close();
    if (isBusy(cause)) return null;
    throw cause;
  }
  const note: LockHolder = { pid: process.pid, host: hostname(), ...holder };
  writeFileSync(notePath(path), JSON.stringify(note), { mode: 0o600 });
  const inode = statSync(path).ino;
  return {
    token,
    // Whoever removes the file can make another one, and then two would hold a lock: the later one counts.
    get isHeld() {
      return lock.open && statSync(path, { throwIfNoEntry: false })?.ino === inode;
    },
    release() {
      if (!lock.open) return;
      try {
        rmSync(notePath(path), { force: true });
      } catch {
        // On a disk that is read-only by now the note stays. It says nothing once the lock is free.
      } finally {
        lock.close();
      }
    },
  };
}

/** Who holds an account now; null when nobody does. A process that died holds nothing, whatever its note says. */
export function holderOf(home: string, account: string): LockHolder | null {
  const path = lockPath(home, account);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.prepare("SELECT count(*) FROM sqlite_master").get();
    return null;
  } catch (cause) {
    if (!isBusy(cause)) throw cause;
    return readNote(path);
  } finally {
    lock.close();
  }
}

/** In exclusive mode SQLite keeps the lock of its first writing transaction until the connection is closed. */
function takeToken(lock: Database.Database): number {
  lock.pragma("locking_mode = EXCLUSIVE");
  return lock
    .transaction(() => {
      lock.exec("CREATE TABLE IF NOT EXISTS fence (token INTEGER NOT NULL)");
      const last = lock.prepare("SELECT max(token) AS token FROM fence").get() as { token: number | null };
      const token = (last.token ?? 0) + 1;
      lock.exec("DELETE FROM fence");
      lock.prepare("INSERT INTO fence VALUES (?)").run(token);
      return token;
    })
    .exclusive();
}

function isBusy(cause: unknown): boolean {
  return ((cause as { code?: string }).code ?? "").startsWith("SQLITE_BUSY");
}

function readNote(path: string): LockHolder {
  try {
    return JSON.parse(readFileSync(notePath(path), "utf8")) as LockHolder;
  } catch {
    // It is about to be written, or the disk was full: somebody holds the lock all the same.
    return { pid: 0, host: hostname(), sinceMs: Number.NaN, what: "an unknown process" };
  }
}

function lockedBy(account: string, holder: LockHolder | null): KiwiError {
  const who = holder === null ? "another process" : `${holder.what}, process ${holder.pid} on ${holder.host}`;
  return new KiwiError({
    code: "ACCOUNT_LOCKED",
    exit: "timeout",
    message: `account ${account} is being traded by ${who}`,
    why: "two who trade one account send every order twice; the lock ends by itself with the process that holds it",
    fix: "kiwi paper status   shows what runs; kiwi paper stop (or kiwi live stop) ends it",
    topic: "trading",
  });
}

function lockPath(home: string, account: string): string {
  return join(home, "locks", `${accountSlug(account)}.lock`);
}

function notePath(path: string): string {
  return `${path}.holder`;
}
