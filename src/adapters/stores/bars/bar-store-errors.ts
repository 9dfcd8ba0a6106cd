import { KiwiError, type ErrorParts } from "../../../base/errors.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { DamagedSeries } from "../../../ports/bar-store.ts";

const full =
  /\b(ENOSPC|EDQUOT|EFBIG|SQLITE_FULL)\b|No space left on device|Disk quota exceeded|File too large/i;
const shut =
  /\b(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR|ENOENT(?=.*\bmkdir\b)|SQLITE_READONLY\w*|SQLITE_CANTOPEN\w*)\b|Permission denied|Read-only file system/i;
const failing =
  /\b(EIO|EREMOTEIO|ESTALE|EBADMSG|EUCLEAN|ENXIO|ENODEV|ENOTCONN|SQLITE_IOERR\w*)\b|Input\/output error|Stale file handle/i;
/** What is kept: by it the help topic is named, and a way out. */
type Kept = "bar-store" | "models";
const ways: Readonly<Record<Kept, { readonly elsewhere: string; readonly check: string }>> = {
  "bar-store": { elsewhere: "keep the bars in a folder of your own", check: "kiwi data check" },
  models: { elsewhere: "work in a folder of your own", check: "kiwi model list" },
};

/** An error about a store of bars: help topic `bar-store`. */
export function storeFault(
  parts: Omit<ErrorParts, "topic">,
  cause?: unknown,
  topic: Kept = "bar-store",
): KiwiError {
  return new KiwiError({ ...parts, topic }, { cause });
}

/**
 * What a failed write means for a person: `DISK_FULL`, `DISK_FAILED`, `STORE_NOT_WRITABLE`, or the failure itself. `kept` says
 * what was written, for the help topic that the error names.
 */
export function writeFault(path: string, cause: unknown, kept: Kept = "bar-store"): unknown {
  if (cause instanceof KiwiError) return cause;
  const text = textOf(cause);
  if (full.test(text)) {
    return storeFault(
      {
        code: "DISK_FULL",
        exit: "data",
        message: `${path} could not be written: no space is left`,
        why: "everything stored before is still there; only what was being written is not",
        fix: "free some space (df -h shows where), then run the same command again",
      },
      cause,
      kept,
    );
  }
  if (failing.test(text)) return diskFailed(path, "written", cause, kept);
  if (!shut.test(text)) return cause;
  return storeFault(
    {
      code: "STORE_NOT_WRITABLE",
      exit: "config",
      message: `${path} could not be written: ${messageOf(cause)}`,
      why: /ENOTDIR|EEXIST|EISDIR/.test(text)
        ? "a file stands where a folder is needed, or the other way round"
        : "you may not write there, or it is read-only",
      fix: `look who owns it: ls -ld ${path}   (or ${ways[kept].elsewhere})`,
    },
    cause,
    kept,
  );
}

/** `DISK_FAILED`: neither Kiwi nor what was asked for is at fault. */
function diskFailed(path: string, what: "written" | "read", cause: unknown, kept: Kept): KiwiError {
  return storeFault(
    {
      code: "DISK_FAILED",
      exit: "data",
      message: `${path} could not be ${what}: ${messageOf(cause)}`,
      why: "the disk, or the file system on it, says that it fails; what was stored before is checked when it is read",
      fix: `look what the system says (dmesg | tail), copy the folder to another disk while you can, then: ${ways[kept].check}`,
    },
    cause,
    kept,
  );
}

/** What a failed reading means for a person: `DISK_FAILED`, `STORE_NOT_READABLE`, or the failure itself. */
export function readFault(path: string, cause: unknown): unknown {
  if (!(cause instanceof KiwiError) && failing.test(textOf(cause)))
    return diskFailed(path, "read", cause, "bar-store");
  if (cause instanceof KiwiError || !shut.test(textOf(cause))) return cause;
  return storeFault(
    {
      code: "STORE_NOT_READABLE",
      exit: "config",
      message: `${path} could not be read: ${messageOf(cause)}`,
      why: "you may not read there, or something else stands in its place",
      fix: `look who owns it: ls -ld ${path}`,
    },
    cause,
  );
}

/** `STORE_NEWER`: a later Kiwi wrote this. */
export function storeNewer(path: string, format: number, known: number): KiwiError {
  return storeFault({
    code: "STORE_NEWER",
    exit: "data",
    message: `${path} was written by a newer Kiwi (format ${format}; this one knows ${known})`,
    why: "reading or writing it with an older version could lose what the newer one added",
    fix: "update Kiwi, or keep the bars of this version in another folder",
  });
}

/** `STORE_DAMAGED`: what cannot be read, what still can, and how to repair it. */
export function storeDamaged(
  path: string,
  why: string,
  remains: string,
  fix: string,
  cause?: unknown,
): KiwiError {
  return storeFault(
    { code: "STORE_DAMAGED", exit: "data", message: `${path} is damaged: ${why}`, why: remains, fix },
    cause,
  );
}

/** Tells the damage of a series and goes on without it; where nobody listens, and of other failures, it is thrown. */
export function damageTo(
  onDamaged: ((damaged: DamagedSeries) => void) | undefined,
  symbol: string,
  timeframe: Timeframe,
): (cause: unknown) => null {
  return (cause) => {
    const isDamage = cause instanceof KiwiError && cause.parts.code === "STORE_DAMAGED";
    if (!isDamage || onDamaged === undefined) throw cause;
    onDamaged({ symbol, timeframe, error: cause });
    return null;
  };
}

/** Whether a failure says that a file or folder is not there. */
export function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | null)?.code === "ENOENT";
}

/** Whether a failure says that something else stands where a folder was looked for. */
export function isNoFolder(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | null)?.code === "ENOTDIR";
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.split("\n")[0]! : String(cause);
}

function textOf(cause: unknown): string {
  return `${(cause as NodeJS.ErrnoException | null)?.code ?? ""} ${messageOf(cause)}`;
}
