import { KiwiError } from "../base/errors.ts";
import type { Restored } from "../engine/journal/restore-session.ts";
import type { Incident } from "./robot-types.ts";

/** A journal of something else than what is to be traded. */
export function journalOfAnother(what: string, journal: string, now: string): KiwiError {
  return new KiwiError({
    code: "JOURNAL_OF_ANOTHER",
    exit: "safety",
    message: `the journal is of another ${what}: ${journal}, and this is ${now}`,
    why: "a session is continued by living through its journal again, and that only works with what wrote it",
    fix: "start with the settings of the journal, or with --fresh: a new session begins from what the account holds",
    topic: "trading",
  });
}

/** A session that does not come out as it was recorded. */
export function journalDiffers(difference: NonNullable<Restored["difference"]>): KiwiError {
  const { timeMs, recorded, now } = difference;
  return new KiwiError({
    code: "JOURNAL_DIFFERS",
    exit: "safety",
    message: `lived through again, the session does something else at ${new Date(timeMs).toISOString()}: ${JSON.stringify(now)} where the journal has ${JSON.stringify(recorded)}`,
    why: "the strategy, the venue's steps or Kiwi itself are not those that wrote the journal",
    fix: "start with what wrote it, or with --fresh: a new session begins from what the account holds",
    topic: "trading",
  });
}

/** What people are told of a failure that ends the robot, where they can do something about it. */
export function fatalIncident(error: unknown): Omit<Incident, "atMs"> | null {
  if (!(error instanceof KiwiError)) return null;
  const { code, why, fix } = error.parts;
  const kind = code === "DISK_FAILED" ? "disk failed" : code === "LOCK_LOST" ? "lock lost" : null;
  // On a disk that fails neither status nor log can say it.
  const message = `${error.message}. The robot ends: ${why}. ${fix}`;
  return kind === null ? null : { kind, gravity: "alarm", symbol: null, message };
}
