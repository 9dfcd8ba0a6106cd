import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { KiwiError } from "../../../base/errors.ts";
import { storeError } from "./store-errors.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** Adding a line takes milliseconds: an older lock is that of a process which was killed in between. */
const staleMs = 10_000;
const waitMs = 30_000;
const lookAgainMs = 5;

/** Does a short piece of work while no other process does its own under the same name. Throws `LEDGER_LOCKED`. */
export function whileLocked<T>(path: string, work: () => T): T {
  const untilMs = performance.now() + waitMs;
  while (!take(path)) {
    if (performance.now() > untilMs) throw locked(path);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookAgainMs);
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    closeSync(openSync(path, "wx"));
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw storeError(path, cause);
    const madeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (madeMs !== undefined && Date.now() - madeMs > staleMs) rmSync(path, { force: true });
    return false;
  }
}

function locked(path: string): KiwiError {
  return new KiwiError({
    code: "LEDGER_LOCKED",
    exit: "data",
    message: `the ledger of trials has been locked for ${waitMs / 1000} s`,
    why: "another kiwi is writing it, again and again",
    fix: `wait for it, or remove the lock: rm ${shellWord(path)}`,
    topic: "trials",
  });
}
