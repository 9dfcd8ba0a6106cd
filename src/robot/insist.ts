import { ClockOff } from "../base/clock-off.ts";
import { KiwiError } from "../base/errors.ts";
import { sleep, type Clock } from "../ports/clock.ts";
import type { Patience } from "./patience.ts";
import type { RobotLog } from "./robot-types.ts";

const triesMax = 5;

/** At the start there is nothing to go on without: a question is put again, later and later. Throws `VENUE_SILENT` in the end. */
export async function insist<T>(
  parts: {
    readonly clock: Clock;
    readonly log: RobotLog;
    readonly patience: Patience;
    readonly signal: AbortSignal;
  },
  what: string,
  question: () => Promise<T>,
): Promise<T> {
  const { clock, log, patience, signal } = parts;
  for (let tries = 1; ; tries++) {
    try {
      return await patience.within(question);
    } catch (cause) {
      if (!isSilence(cause)) throw cause;
      log.warn({ error: String(cause), tries }, `could not ask for ${what}`);
      if (tries === triesMax) throw venueSilent(what, cause);
      await sleep(clock, 1_000 * 2 ** (tries - 1), signal);
    }
  }
}

/**
 * A venue that cannot be reached is asked again, in whatever words a connection says so, and so is one whose time is not ours: a clock
 * that jumped is set right again. What else went wrong is not.
 */
export function isSilence(error: unknown): boolean {
  return !(error instanceof KiwiError) || error.parts.exit === "network" || error instanceof ClockOff;
}

function venueSilent(what: string, cause: unknown): KiwiError {
  return new KiwiError(
    {
      code: "VENUE_SILENT",
      exit: "network",
      message: `the venue did not tell ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
      why: "without it nobody knows what is held and what works there, and whoever trades then may do everything twice",
      fix: "try again when the venue can be reached; orders there stay as they are meanwhile",
      topic: "trading",
    },
    { cause },
  );
}
