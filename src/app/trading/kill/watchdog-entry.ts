import { systemClock } from "../../../adapters/system-clock.ts";
import { KillSwitch } from "../../../robot/kill/kill-switch.ts";
import { Heartbeat, watchHeartbeat } from "../../../robot/watchdog.ts";
import { knownAccounts } from "../account-record.ts";
import { closeFromHere } from "./close-from-here.ts";

// The watchdog: a process of its own that hears a robot fall silent, pulls its switch, and sees to the venue.
// Arguments: home, account, file of the heartbeat, milliseconds of silence.

const [home = "", account = "", heartbeatPath = "", silenceMsMax = ""] = process.argv.slice(2);
const limitMs = Number(silenceMsMax);
const heartbeat = new Heartbeat(heartbeatPath);
let end = await watchHeartbeat(heartbeat, limitMs, systemClock, new AbortController().signal);
// A disk that takes no pull takes no heartbeat either, and the robot may be well: it is watched on.
while (end.kind === "silent" && !hasPulled(end.silentMs))
  end = await watchHeartbeat(heartbeat, limitMs, systemClock, new AbortController().signal);
if (end.kind === "silent") {
  const record = knownAccounts(home).find((one) => one.account === account);
  if (record !== undefined) await closeFromHere(home, record, process.env, () => {});
}
process.exit(0);

function hasPulled(silentMs: number): boolean {
  try {
    new KillSwitch(home, account).pull({
      atMs: Date.now(),
      by: "watchdog",
      action: "freeze",
      trigger: "watchdog",
      reason: `the robot has been silent for ${Math.round(silentMs / 1000)} s`,
      limit: limitMs,
      value: silentMs,
    });
    return true;
  } catch {
    return false;
  }
}
