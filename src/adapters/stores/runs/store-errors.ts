import { KiwiError } from "../../../base/errors.ts";

const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const failing = new Set(["EIO", "EREMOTEIO", "ESTALE", "EBADMSG", "EUCLEAN", "ENXIO", "ENODEV"]);
const closed = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "EISDIR", "ENOENT"]);

/** What a failed write means for a person: `DISK_FULL`, `DISK_FAILED`, `NOT_WRITABLE`, or the failure itself. */
export function storeError(path: string, cause: unknown): unknown {
  if (cause instanceof KiwiError) return cause;
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? "";
  if (full.has(code)) {
    return new KiwiError(
      {
        code: "DISK_FULL",
        exit: "config",
        message: `${path} could not be written: no space is left`,
        why: "the result was computed but not kept; nothing half-written was left behind",
        fix: "free some space, or write elsewhere with --out DIR; then run the same command again",
        topic: "runs",
      },
      { cause },
    );
  }
  if (failing.has(code)) {
    return new KiwiError(
      {
        code: "DISK_FAILED",
        exit: "data",
        message: `${path} could not be written: ${(cause as Error).message}`,
        why: "the disk, or the file system on it, says that it fails; nothing half-written was left under that name",
        fix: "look what the system says (dmesg | tail), then write to another disk: --out DIR",
        topic: "runs",
      },
      { cause },
    );
  }
  if (!closed.has(code)) return cause;
  return new KiwiError(
    {
      code: "NOT_WRITABLE",
      exit: "config",
      message: `${path} could not be written: ${(cause as Error).message}`,
      why:
        code === "ENOTDIR" || code === "EEXIST"
          ? "a file stands where a folder is needed"
          : "you may not write there, or it is read-only",
      fix: "write elsewhere with --out DIR, or work in a folder of your own",
      topic: "runs",
    },
    { cause },
  );
}
