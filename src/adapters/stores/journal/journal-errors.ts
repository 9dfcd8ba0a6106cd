import { KiwiError } from "../../../base/errors.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** A journal that is not what was written. */
export function brokenJournal(path: string, offset: number, what: string): KiwiError {
  return new KiwiError({
    code: "JOURNAL_BROKEN",
    exit: "data",
    message: `the journal ${path} cannot be read at byte ${offset}: ${what}`,
    why: "the file was changed or the disk is damaged; what follows cannot be trusted, and a session is never continued over a hole",
    fix: `cp ${shellWord(path)} ${shellWord(`${path}.kept`)}   keeps it; restore it from a backup, or move it away to begin a new session`,
    topic: "trading",
  });
}

/** What a disk says of a file that is not at its place any more. */
export const journalGone = "the file was removed, or another stands in its place";

/** A disk that does not take what was decided. */
export function diskFailed(path: string, cause: unknown): KiwiError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new KiwiError(
    {
      code: "DISK_FAILED",
      exit: "safety",
      message: `the journal ${path} cannot be written: ${said}`,
      why: "an order that is not on the disk would be forgotten in a crash, so none is sent any more; orders at the venue stay as they are",
      fix: wayOut(path, said),
      topic: "trading",
    },
    { cause },
  );
}

function wayOut(path: string, said: string): string {
  if (said.includes(journalGone))
    return `put ${path} back and start again; without it a new session begins from what the account holds`;
  if (/EROFS|read-only/i.test(said))
    return `findmnt -T ${shellWord(path)}   shows how the disk is mounted, dmesg | tail why it became read-only; mount it to be written and start again`;
  return `df -h ${shellWord(path)}   shows the room on the disk; make some and start again`;
}
