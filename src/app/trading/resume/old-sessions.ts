import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { dayMs } from "../../../base/time.ts";
import { allSessions, sessionPaths, type SessionNote } from "../session-folder.ts";
import { readStatus } from "../session-status.ts";
import { isRunning } from "../stop-session.ts";

/** A session that is over, or why it stays. */
export type KeptSession = {
  readonly note: SessionNote;
  /** When it was last heard of. */
  readonly endedMs: number;
  readonly bytes: number;
  /** Why it is kept; null for one that may be removed. */
  readonly why: string | null;
};

/**
 * Every session of a home with its size, the oldest first, and whether it may be removed: it ended more than `days` ago, holds
 * nothing, and is not the last of its account, which the next start goes on from or looks at.
 */
export function keptSessions(home: string, days: number, nowMs: number): readonly KeptSession[] {
  const notes = allSessions(home);
  const last = new Map(notes.map((note) => [nameOf(note), note.id]));
  return notes.map((note): KeptSession => {
    const paths = sessionPaths(home, note.id);
    const status = readStatus(paths.status);
    const endedMs = Math.max(note.startedMs, status?.writtenMs ?? 0);
    const { positions = [], orders = [] } = status?.robot ?? {};
    const holds = orders.length > 0 || positions.some(({ quantity }) => quantity !== 0);
    const why = isRunning(home, note)
      ? "it runs"
      : last.get(nameOf(note)) === note.id
        ? "the last of its account"
        : holds && !note.isDemo
          ? "it held something when it ended"
          : nowMs - endedMs <= days * dayMs
            ? `it ended less than ${days} days ago`
            : null;
    return { note, endedMs, bytes: bytesUnder(paths.folder), why };
  });
}

/** Removes sessions for good, with everything that they kept. */
export function removeSessions(home: string, sessions: readonly KeptSession[]): void {
  for (const { note } of sessions) rmSync(sessionPaths(home, note.id).folder, { recursive: true });
}

/** Of several sessions on an account each name has a last one of its own. */
function nameOf({ account, mode, part }: SessionNote): string {
  return JSON.stringify([account, mode, part?.name ?? null]);
}

function bytesUnder(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
