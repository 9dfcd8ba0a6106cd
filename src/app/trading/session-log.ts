import {
  followLog,
  readLog,
  type LogLine as WrittenLine,
  type LogQuestion,
} from "../../adapters/logging/read-log.ts";
import { sessionPaths } from "./session-folder.ts";
import { sessionsNow } from "./sessions-now.ts";

export type { LogQuestion } from "../../adapters/logging/read-log.ts";

/** A line with the session that wrote it, where several were asked. */
export type LogLine = WrittenLine & { readonly session?: string };

/** What sessions have said, in one order of time. */
export type SessionLog = {
  readonly read: (question: LogQuestion) => readonly LogLine[];
  readonly follow: (
    question: LogQuestion,
    onLine: (line: LogLine) => void,
    signal: AbortSignal,
  ) => Promise<void>;
};

/** Opens the log of a session for reading; without a name those of all that run, or of the newest where none does. Throws `SESSION_UNKNOWN`. */
export function sessionLog(home: string, name: string | undefined): SessionLog {
  const sessions = sessionsNow(home, name).map(({ note: { id } }) => ({
    id,
    logs: sessionPaths(home, id).logs,
  }));
  const isAlone = sessions.length === 1;
  const named = (id: string, line: WrittenLine): LogLine => (isAlone ? line : { session: id, ...line });
  return {
    read: (question) =>
      sessions
        .flatMap(({ id, logs }) => readLog(logs, question).map((line) => named(id, line)))
        .toSorted((a, b) => a.time - b.time),
    follow: async (question, onLine, signal) => {
      await Promise.all(
        sessions.map(({ id, logs }) => followLog(logs, question, (line) => onLine(named(id, line)), signal)),
      );
    },
  };
}
