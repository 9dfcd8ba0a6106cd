import type { Clock } from "../ports/clock.ts";
import { systemClock } from "./system-clock.ts";

/** Time that begins somewhere else and may go faster than that of the machine: the time of a made-up market. */
export function scaledClock(
  startMs: number,
  startWallMs: number,
  speed: number,
  wall: Clock = systemClock,
): Clock {
  return {
    nowMs: () => startMs + (wall.nowMs() - startWallMs) * speed,
    schedule: (spanMs, run) => wall.schedule(spanMs / speed, run),
  };
}
