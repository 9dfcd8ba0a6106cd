import { afterAll, expect, test, vi } from "vitest";
import { temporaryFolder } from "../../../../test/run-kiwi.ts";
import { KillSwitch } from "../../../robot/kill/kill-switch.ts";
import { Heartbeat } from "../../../robot/watchdog.ts";
import { openSessionFolder, type SessionNote, type SessionPaths } from "../session-folder.ts";
import { startWatchdog } from "./start-watchdog.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

/** A session whose heart has beaten once, of a process that is gone or of this one. */
function session(id: string, account: string, pid: number): SessionPaths {
  const startedMs = Date.now();
  const note = { id, account, pid, startedMs, begunMs: startedMs, mode: "paper", symbols: ["A"], params: {} };
  const more = { strategy: "s", timeframe: "1m", broker: "demo", settingsHash: "1", isDemo: false };
  const paths = openSessionFolder(folder.path, { ...note, ...more } as unknown as SessionNote);
  new Heartbeat(paths.heartbeat).beat(startedMs);
  return paths;
}

test("a robot that was killed is missed, unless another has taken its account: that one is watched itself", async () => {
  const home = folder.path;
  const silenceMsMax = 2_000;
  const isPulled = (account: string): boolean => new KillSwitch(home, account).order().state !== "active";
  for (const account of ["alone", "taken"]) {
    startWatchdog({ home, account, paths: session(`dead${account}`, account, process.pid), silenceMsMax });
    // From now on it is of a process that is gone.
    session(`dead${account}`, account, 999_999);
  }
  const paths = session("lives", "taken", process.pid);
  const heart = new Heartbeat(paths.heartbeat);
  const beating = setInterval(() => heart.beat(Date.now()), 100);
  const dismiss = startWatchdog({ home, account: "taken", paths, silenceMsMax });
  try {
    await vi.waitFor(() => expect(isPulled("alone")).toBe(true), { timeout: 30_000, interval: 100 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isPulled("taken")).toBe(false);
  } finally {
    clearInterval(beating);
    dismiss();
  }
}, 40_000);
