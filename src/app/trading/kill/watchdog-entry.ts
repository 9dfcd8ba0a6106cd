import { systemClock } from "../../../adapters/system-clock.ts";
import { KillSwitch } from "../../../robot/kill/kill-switch.ts";
import { Heartbeat, watchHeartbeat } from "../../../robot/watchdog.ts";
import { knownAccounts } from "../account-record.ts";
import { closeFromHere } from "./close-from-here.ts";

// The watchdog: a process of its own that hears a robot fall silent, pulls its switch, and sees to the venue.
// Arguments: home, account, file of the heartbeat, milliseconds of silence.

const [home = "", account = "", heartbeatPath = "", silenceMsMax = ""] = process.argv.slice(2);
const limitMs = Number(silenceMsMax);
const end = await watchHeartbeat(
  new Heartbeat(heartbeatPath),
  limitMs,
  systemClock,
  new AbortController().signal,
);
if (end.kind === "silent") {
  new KillSwitch(home, account).pull({
    atMs: Date.now(),
    by: "watchdog",
    action: "freeze",
    trigger: "watchdog",
    reason: `the robot has been silent for ${Math.round(end.silentMs / 1000)} s`,
    limit: limitMs,
    value: end.silentMs,
  });
  const record = knownAccounts(home).find((one) => one.account === account);
  if (record !== undefined) await closeFromHere(home, record, process.env, () => {});
}
process.exit(0);
