import { KiwiError } from "../../base/errors.ts";

const topic = "emulator";

/** Another process writes these books. */
export function booksBusy(path: string): KiwiError {
  return new KiwiError({
    code: "EMULATOR_BOOKS",
    exit: "timeout",
    message: `another emulator keeps its books in ${path}`,
    why: "two venues cannot share one account; the books are free when that process ends",
    fix: "end it with Ctrl-C, or name other books: --books FILE",
    topic,
  });
}

/** The books are of another account or market. */
export function booksOfOther(path: string, what: string): KiwiError {
  return new KiwiError({
    code: "EMULATOR_BOOKS",
    exit: "config",
    message: `the account in ${path} cannot go on: ${what}`,
    why: "its orders and money follow from the market and the terms that it began with",
    fix: "start as before, or begin a new account with --fresh (the old one is kept as FILE.before)",
    topic,
  });
}

/** The books cannot be read. */
export function booksBroken(path: string, line: number, what: string): KiwiError {
  return new KiwiError({
    code: "EMULATOR_BOOKS",
    exit: "data",
    message: `line ${line} of ${path} cannot be used: ${what}`,
    why: "the file was changed, or another version of Kiwi fills orders in another way; an account with a hole is none",
    fix: "begin a new account with --fresh (the old one is kept as FILE.before)",
    topic,
  });
}

/** The tape of an account that is kept has been played. */
export function tapeOver(path: string): KiwiError {
  return new KiwiError({
    code: "EMULATOR_BOOKS",
    exit: "data",
    message: `the market of the account in ${path} is over`,
    why: "its last bar closed before now, and after it nothing fills",
    fix: "begin a new account with --fresh, and with more bars: --data synthetic:timeframe=1m,bars=200000",
    topic,
  });
}

/** A disk that does not take what somebody asked for. */
export function booksFailed(path: string, cause: unknown): KiwiError {
  return new KiwiError(
    {
      code: "DISK_FAILED",
      exit: "config",
      message: `the books ${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      why: "an order that is not on the disk would be forgotten, so the venue takes none any more and its market stands",
      fix: `df -h ${path}   shows the room on the disk; make some and start again: the account goes on`,
      topic,
    },
    { cause },
  );
}
