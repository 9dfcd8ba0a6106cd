import type { Concern } from "../../config/config-watch.ts";

/** Settings that a session goes by as soon as they are right: nothing that decides, sends or protects hangs on them. */
const safe = ["alerts.channels", "alerts.rules", "alerts.perHourMax", "trading.log"];
/** Settings of other commands. */
const elsewhere = [
  "$schema",
  "schedule",
  "state",
  "alerts.digestTo",
  "data",
  "dataFolder",
  "store",
  "detail",
  "from",
  "to",
  "inSampleTo",
  "csv",
  "benchmark",
  "report",
  "costGrid",
  "capacity",
  "failIf",
  "out",
  "trading.gates",
  "trading.sessionDays",
  "stuckAfterSeconds",
];

/** What a setting is to a running session. Whatever is not known to be safe waits for a restart; a demo goes by nothing else. */
export function sessionConcern(path: string, isDemo: boolean): Concern {
  const isUnder = (section: string): boolean => path === section || path.startsWith(`${section}.`);
  if (safe.some(isUnder)) return "now";
  return isDemo || elsewhere.some(isUnder) ? "none" : "restart";
}
