import type { OpenLog } from "../../adapters/logging/open-log.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { startGuard, type Guard } from "../../robot/kill/guard.ts";
import type { Hold } from "../../robot/kill/hold.ts";
import type { Robot } from "../../robot/robot-parts.ts";
import { Heartbeat } from "../../robot/watchdog.ts";
import { sessionPaths, type SessionPaths } from "./session-folder.ts";
import type { OpenedSession } from "./trading-account.ts";

/** What is looked at, and what trading waits under. */
type Guarded = {
  readonly robot: Robot;
  readonly paths: SessionPaths;
  readonly log: OpenLog;
  readonly hold: Hold;
};

/** Whoever looks at the robot of a session once a second; what the account has made today under other settings counts. */
export function guardOf(
  { plan, killSwitch, wholeLine, before }: OpenedSession,
  { robot, paths, log, hold }: Guarded,
  home: string,
): Guard {
  return startGuard({
    robot,
    connection: wholeLine,
    killSwitch,
    triggers: plan.triggers,
    hold,
    gauges: {
      calendar: plan.calendarOf(plan.symbols[0]!),
      timeframe: plan.timeframe,
      dayPath: paths.day,
      beforePath: before === null ? undefined : sessionPaths(home, before.id).day,
    },
    heartbeat: new Heartbeat(paths.heartbeat),
    clock: plan.clock,
    heartClock: systemClock,
    log: log.part("guard"),
  });
}
