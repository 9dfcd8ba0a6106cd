import { minuteMs } from "../../../base/time.ts";
import { sleep, type Clock } from "../../../ports/clock.ts";
import { clockOff } from "../../shared/call-errors.ts";
import type { ServerTime } from "./server-time.ts";
import { heartbeatStale, serverZoneWrong, terminalOffline } from "./terminal-errors.ts";
import type { TerminalFiles } from "./terminal-files.ts";
import { heartbeatSchema, readWallTime, type Heartbeat } from "./terminal-messages.ts";

const heartbeatFile = "DWX_Heartbeat.txt";
/** The bridge writes every second: a living one has written within this time. */
const beatMsMax = 3_000;
/** The server's time is an estimate of the terminal. */
const zoneToleranceMs = 2 * minuteMs;

export type HeartbeatOptions = {
  readonly files: TerminalFiles;
  readonly clock: Clock;
  readonly server: ServerTime;
  readonly staleAfterMs: number;
  readonly clockSkewMsMax: number;
  readonly pollMs: number;
};

/**
 * Reads the bridge's sign of life and refuses to work with a terminal that is dead, offline, or in another time zone
 * than was named. Null where the bridge gives no such sign.
 */
export async function checkHeartbeat(
  options: HeartbeatOptions,
  signal?: AbortSignal,
): Promise<Heartbeat | null> {
  const { clock, server, staleAfterMs, clockSkewMsMax } = options;
  const heartbeat = await readHeartbeat(options.files);
  if (heartbeat === null) return null;
  const utcMs = readWallTime(heartbeat.utc_time);
  const ageMs = clock.nowMs() - utcMs;
  if (!(ageMs <= staleAfterMs && ageMs >= -clockSkewMsMax)) {
    // A beat that goes on is alive: then one of the two clocks is wrong.
    if (!(await goesOn(options, heartbeat, signal))) throw heartbeatStale(utcMs);
    throw clockOff("the terminal's machine", ageMs, ageMs > 0 ? staleAfterMs : clockSkewMsMax);
  }
  if (!heartbeat.connected) throw terminalOffline();
  const aheadMs = readWallTime(heartbeat.server_time) - utcMs;
  const expectedMs = server.wallOf(utcMs) - utcMs;
  if (!(Math.abs(aheadMs - expectedMs) <= zoneToleranceMs)) {
    throw serverZoneWrong(
      server.name,
      `it shows ${heartbeat.server_time} at ${heartbeat.utc_time} UTC`,
      Number.isNaN(aheadMs) ? null : Math.round(aheadMs / (15 * minuteMs)) * 15 * minuteMs,
    );
  }
  return heartbeat;
}

async function readHeartbeat(files: TerminalFiles): Promise<Heartbeat | null> {
  // Half written at one moment, it is whole at the next.
  for (let tries = 0; tries < 3; tries++) {
    const look = await files.look(heartbeatFile);
    if (look.kind === "absent") return null;
    const parsed = look.kind === "json" ? heartbeatSchema.safeParse(look.value).data : undefined;
    if (parsed !== undefined) return parsed;
  }
  return null;
}

async function goesOn(
  { files, clock, pollMs }: HeartbeatOptions,
  first: Heartbeat,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const untilMs = clock.nowMs() + beatMsMax; clock.nowMs() < untilMs;) {
    await sleep(clock, pollMs, signal);
    const next = await readHeartbeat(files);
    if (next !== null && next.utc_time !== first.utc_time) return true;
  }
  return false;
}
