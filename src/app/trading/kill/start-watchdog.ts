import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Heartbeat } from "../../../robot/watchdog.ts";
import { allSessions, sessionPaths, type SessionPaths } from "../session-folder.ts";

const entry = fileURLToPath(new URL("watchdog-entry.ts", import.meta.url));

/** What a watchdog is told when it starts. */
export type WatchdogOrder = {
  readonly home: string;
  readonly account: string;
  readonly paths: SessionPaths;
  readonly silenceMsMax: number;
};

/**
 * Starts the watchdog in a process of its own that outlives this one: it hears the heartbeat, and pulls the switch when
 * it stops without a good-bye. Returns the other way to say good-bye, for a disk that takes none any more.
 */
export function startWatchdog({ home, account, paths, silenceMsMax }: WatchdogOrder): () => void {
  const child = spawn(process.execPath, [entry, home, account, paths.heartbeat, String(silenceMsMax)], {
    detached: true,
    stdio: "ignore",
  });
  child.unref();
  dismissEarlier(home, account);
  return () => void child.kill();
}

/**
 * Says good-bye for sessions that were killed on this account: their watchdogs would pull its switch under the one that has taken it
 * over and is watched itself. Who holds the account knows that none of another process runs on it.
 */
function dismissEarlier(home: string, account: string): void {
  for (const note of allSessions(home))
    if (note.account === account && note.pid !== process.pid)
      new Heartbeat(sessionPaths(home, note.id).heartbeat).stop();
}
