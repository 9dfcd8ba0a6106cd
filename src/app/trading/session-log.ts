import { followLog, readLog, type LogLine, type LogQuestion } from "../../adapters/logging/read-log.ts";
import { findSession, sessionPaths } from "./session-folder.ts";

export type { LogLine, LogQuestion } from "../../adapters/logging/read-log.ts";

/** The log of a session that was kept, or of the newest. */
export type SessionLog = {
  readonly read: (question: LogQuestion) => readonly LogLine[];
  readonly follow: (
    question: LogQuestion,
    onLine: (line: LogLine) => void,
    signal: AbortSignal,
  ) => Promise<void>;
};

/** Opens the log of a session for reading. Throws `SESSION_UNKNOWN`. */
export function sessionLog(home: string, session: string | undefined): SessionLog {
  const { logs } = sessionPaths(home, findSession(home, session).id);
  return {
    read: (question) => readLog(logs, question),
    follow: (question, onLine, signal) => followLog(logs, question, onLine, signal),
  };
}
