import { formatDuration, minuteMs, secondMs } from "../../../base/time.ts";
import type { BarSource } from "../../../ports/bar-source.ts";
import {
  componentId,
  type ComponentHealth,
  type ComponentPart,
  type ComponentReport,
} from "../../../ports/component.ts";
import { strategyEnded, strategyMuted, strategySilent } from "../../../robot/robot-status.ts";
import type { RobotStatus } from "../../../robot/robot-types.ts";

/** What the health of a robot is judged by; what nobody watches is null. */
export type HealthFacts = {
  readonly nowMs: number;
  readonly startedMs: number;
  readonly status: RobotStatus | null;
  /** Free bytes where the journal is written. */
  readonly diskFreeBytes: number | null;
  /** The file of the journal is not where it was: the robot ends before its next order. */
  readonly isJournalGone: boolean;
  /** Why nothing new can be written there: it is read-only, or somebody else's; null while something can. */
  readonly folderFault: string | null;
  /** Clock of the venue minus clock of this machine. */
  readonly clockSkewMs: number | null;
  /** How far they may be apart, and how long a loop may take to go round, in the time of what is traded. */
  readonly clockSkewMsMax: number;
  readonly turnMsMax: number;
  /** How late the event loop was, at worst, since it was last asked. */
  readonly loopLagMs: number | null;
  /** Bars that should have come since the last one, by the calendar of what is traded; null before the first. */
  readonly barsMissing: number | null;
};

/** What a robot trades with, by name. */
export type RobotPlaces = {
  readonly broker: string;
  readonly source: Pick<BarSource, "name" | "health">;
};

/** A robot reads history, recovers and warms up before it can be expected to see bars. */
const graceMs = 5 * minuteMs;
const diskFreeMin = 200 * 1024 * 1024;
/** The bar of this moment may be on its way. */
const barsMissingMax = 2;
const loopLagMsMax = secondMs;

const strategyFix =
  "kiwi logs --level error   says what it did; mend it, then kiwi paper stop and kiwi paper start";

const spaceFix = "du -xh -d2 ~/.kiwi .kiwi | sort -h   shows what is large; kiwi sessions   says what may go";
const clockFix = "turn on time synchronisation, for example: sudo timedatectl set-ntp true";
const goneFix =
  "put the file back, then kiwi paper stop and kiwi paper start; without it a new session begins";

/** The robot and what it stands on. The robot opens and closes them itself; here they are looked at. */
export function robotParts(
  facts: () => HealthFacts,
  { broker, source }: RobotPlaces,
): readonly ComponentPart[] {
  const venue = { kind: "broker", name: broker };
  const bars = { kind: "source", name: source.name };
  const journal = { kind: "store", name: "journal" };
  return [
    { ...venue, isCritical: true, health: () => line(facts()) },
    { ...bars, isCritical: true, health: () => data(facts(), source.health?.()) },
    { ...journal, isCritical: true, health: () => disk(facts()) },
    {
      kind: "robot",
      name: "robot",
      isCritical: true,
      needs: [venue, bars, journal].map(componentId),
      health: () => loop(facts()),
    },
    { kind: "trading", name: "trading", health: () => trading(facts()) },
    { kind: "clock", name: "clock", health: () => clock(facts()) },
    { kind: "event loop", name: "event loop", health: () => lag(facts()) },
  ];
}

/**
 * Whether the robot needs no new start. That helps a loop that stands; it brings back no venue, no data and no disk, and the start
 * itself would fail: there the robot waits, and people are told.
 */
export function isLoopTurning(reports: readonly ComponentReport[]): boolean {
  return reports.every(({ kind, condition }) => kind !== "robot" || condition !== "failed");
}

function loop({ status, nowMs, startedMs, turnMsMax }: HealthFacts): ComponentHealth {
  if (status === null) return young(nowMs, startedMs, "it has not begun yet");
  if (status.trading.reason === strategyEnded)
    return {
      condition: "degraded",
      detail: `${strategyEnded}: nothing is opened, stops stay`,
      fix: strategyFix,
    };
  if (status.trading.reason === strategyMuted)
    return {
      condition: "degraded",
      detail: `${strategyMuted}, for it hung or took too much: nothing is opened, stops and exits go on`,
      fix: strategyFix,
    };
  // What stands is the strategy alone, and who watches it ends it: a new start of the robot would not help.
  if (status.trading.reason === strategySilent)
    return {
      condition: "degraded",
      detail: `${strategySilent} (${seconds(status.answerOwedMs)}): bars wait for it, nothing is opened, stops stay`,
      fix: strategyFix,
    };
  const silentMs = nowMs - status.lastTurnMs;
  if (silentMs > turnMsMax)
    return { condition: "failed", detail: `its loop has not gone round for ${seconds(silentMs)}` };
  if (status.phase === "running") return { condition: "ok", detail: "it runs" };
  return young(nowMs, startedMs, `it is ${status.phase}`);
}

function line({ status, nowMs, startedMs }: HealthFacts): ComponentHealth {
  if (status === null) return young(nowMs, startedMs, "not connected yet");
  const { line: now } = status;
  if (now.kind === "live") return { condition: "ok", detail: "the line is live" };
  const why = "reason" in now ? `${now.kind}: ${now.reason}` : now.kind;
  if (now.kind === "connecting") return young(nowMs, startedMs, why);
  return {
    condition: "failed",
    detail: why,
    fix: "kiwi broker check   asks the venue about key and account",
  };
}

function data(
  { status, nowMs, startedMs, barsMissing }: HealthFacts,
  own?: ComponentHealth,
): ComponentHealth {
  if (status === null || barsMissing === null || Number.isNaN(status.lastBarMs))
    return young(nowMs, startedMs, "no bar has come yet");
  const age = `the last bar is ${seconds(nowMs - status.lastBarMs)} old`;
  if (barsMissing > barsMissingMax)
    return young(nowMs, startedMs, `${barsMissing} bars have not come: ${age}`);
  // Bars that come are what counts; that a source has trouble of its own is a weakness.
  if (own === undefined || own.condition === "ok") return { condition: "ok", detail: age };
  return { condition: "degraded", detail: `${age}; ${own.detail}` };
}

function trading({ status }: HealthFacts): ComponentHealth {
  if (status === null || status.trading.state === "active")
    return { condition: "ok", detail: "orders may leave" };
  const { state, reason } = status.trading;
  return { condition: "degraded", detail: `${state}: ${reason}`, fix: "kiwi kill status   says more" };
}

function disk({ diskFreeBytes, isJournalGone, folderFault }: HealthFacts): ComponentHealth {
  if (isJournalGone)
    return {
      condition: "failed",
      detail: "its file was removed; the robot ends before its next order",
      fix: goneFix,
    };
  if (folderFault !== null)
    return {
      condition: "failed",
      detail: `nothing new can be written there: ${folderFault}`,
      fix: "ls -ld ~/.kiwi; mount | grep ' ro'   show whose it is and what is read-only",
    };
  if (diskFreeBytes === null) return { condition: "ok", detail: "not watched" };
  const detail = `${Math.round(diskFreeBytes / 1024 / 1024)} MB free`;
  return diskFreeBytes < diskFreeMin
    ? { condition: "failed", detail, fix: spaceFix }
    : { condition: "ok", detail };
}

function clock({ clockSkewMs, clockSkewMsMax }: HealthFacts): ComponentHealth {
  if (clockSkewMs === null) return { condition: "ok", detail: "not compared yet" };
  const isOff = Math.abs(clockSkewMs) > clockSkewMsMax;
  const detail = `${Math.abs(clockSkewMs) < secondMs ? `${clockSkewMs} ms` : formatDuration(clockSkewMs)} off the venue's`;
  return isOff ? { condition: "failed", detail, fix: clockFix } : { condition: "ok", detail };
}

function lag({ loopLagMs }: HealthFacts): ComponentHealth {
  if (loopLagMs === null) return { condition: "ok", detail: "not watched" };
  const isLate = loopLagMs > loopLagMsMax;
  return { condition: isLate ? "degraded" : "ok", detail: `${Math.round(loopLagMs)} ms late at worst` };
}

/** What is missing is only missing once the robot has had time to begin. */
function young(nowMs: number, startedMs: number, detail: string): ComponentHealth {
  return { condition: nowMs - startedMs < graceMs ? "starting" : "failed", detail };
}

function seconds(spanMs: number): string {
  return `${Math.round(spanMs / secondMs)} s`;
}
