import { allSessions, findSession, sessionPaths, type SessionNote } from "./session-folder.ts";
import { readStatus, type SessionStatus } from "./session-status.ts";
import { isRunning } from "./stop-session.ts";

/** A session as it is at this moment. */
export type SessionNow = {
  readonly note: SessionNote;
  readonly status: SessionStatus | null;
  /** Whether its process runs. */
  readonly isRunning: boolean;
};

/** The session of a name; else all of a mode that run, or the newest where none does. Throws `SESSION_UNKNOWN`. */
export function sessionsNow(
  home: string,
  name: string | undefined,
  mode?: SessionNote["mode"],
): readonly [SessionNow, ...SessionNow[]] {
  // Each account is asked once: whoever runs there is written on its lock.
  const [first, ...others] =
    name === undefined
      ? allSessions(home).filter((note) => (mode ?? note.mode) === note.mode && isRunning(home, note))
      : [];
  return [
    sessionNow(home, first ?? findSession(home, name, mode)),
    ...others.map((note) => sessionNow(home, note)),
  ];
}

function sessionNow(home: string, note: SessionNote): SessionNow {
  return { note, status: readStatus(sessionPaths(home, note.id).status), isRunning: isRunning(home, note) };
}
