import { setTimeout as sleep } from "node:timers/promises";
import { KiwiError } from "../../base/errors.ts";
import { holderOf } from "../../robot/account-lock.ts";
import type { SessionNote } from "./session-folder.ts";

const stopMsMax = 20_000;

/** Whether the robot of a session runs: it holds its account. */
export function isRunning(home: string, { account, id }: SessionNote): boolean {
  return holderOf(home, account)?.what.split(" ").includes(id) === true;
}

/** Asks a running session to end and waits until it has. Returns false when it did not run. Throws `STOP_TIMEOUT`. */
export async function stopSession(home: string, note: SessionNote): Promise<boolean> {
  const holder = holderOf(home, note.account);
  if (holder === null || holder.pid <= 0 || !isRunning(home, note)) return false;
  process.kill(holder.pid, "SIGTERM");
  for (const untilMs = Date.now() + stopMsMax; Date.now() < untilMs;) {
    if (!isRunning(home, note)) return true;
    await sleep(100);
  }
  throw new KiwiError({
    code: "STOP_TIMEOUT",
    exit: "timeout",
    message: `session ${note.id} has not ended within ${stopMsMax / 1000} s`,
    why: `process ${holder.pid} does not answer; it may hang`,
    fix: `kiwi kill --account ${note.account}   stops trading whatever the process does`,
    topic: "trading",
  });
}
