import { minuteMs, secondMs } from "../base/time.ts";
import type { RobotStatus } from "../robot/robot-types.ts";

/** How a part is: `starting` counts as well until its grace is over, `degraded` works with less. */
export type Condition = "ok" | "starting" | "degraded" | "failed";

/** One part of a robot and how it is. */
export type Component = {
  readonly name: string;
  readonly condition: Condition;
  /** Whether nothing works without it. */
  readonly isCritical: boolean;
  /** What was seen, for people. */
  readonly detail: string;
};

/** What health is judged by; what nobody watches is null. */
export type HealthFacts = {
  readonly nowMs: number;
  readonly startedMs: number;
  readonly status: RobotStatus | null;
  /** Free bytes where the journal is written. */
  readonly diskFreeBytes: number | null;
  /** Clock of the venue minus clock of this machine. */
  readonly clockSkewMs: number | null;
  /** How late the event loop was, at worst, since it was last asked. */
  readonly loopLagMs: number | null;
  /** Bars that should have come since the last one, by the calendar of what is traded; null before the first. */
  readonly barsMissing: number | null;
};

/** The answer of a health check. */
export type Health = { readonly condition: Condition; readonly components: readonly Component[] };

/** A robot reads history, recovers and warms up before it can be expected to see bars. */
const graceMs = 5 * minuteMs;
const turnLateMs = 30 * secondMs;
const diskFreeMin = 200 * 1024 * 1024;
/** The bar of this moment may be on its way. */
const barsMissingMax = 2;
const clockSkewMsMax = 2 * secondMs;
const loopLagMsMax = secondMs;

/** How a robot is: as bad as its worst critical part, and degraded where another part has failed. */
export function healthOf(facts: HealthFacts): Health {
  const components = [
    loop(facts),
    connection(facts),
    data(facts),
    trading(facts),
    disk(facts),
    clock(facts),
    lag(facts),
  ];
  const has = (condition: Condition, isCritical: boolean) =>
    components.some((one) => one.condition === condition && (one.isCritical || !isCritical));
  if (has("failed", true)) return { condition: "failed", components };
  if (has("starting", true)) return { condition: "starting", components };
  const isWeaker = has("failed", false) || has("degraded", false);
  return { condition: isWeaker ? "degraded" : "ok", components };
}

function loop({ status, nowMs, startedMs }: HealthFacts): Component {
  const part = { name: "robot", isCritical: true };
  if (status === null) return { ...part, ...young(nowMs, startedMs, "it has not begun yet") };
  const silentMs = nowMs - status.lastTurnMs;
  if (silentMs > turnLateMs)
    return { ...part, condition: "failed", detail: `its loop has not gone round for ${seconds(silentMs)}` };
  if (status.phase === "running") return { ...part, condition: "ok", detail: "it runs" };
  return { ...part, ...young(nowMs, startedMs, `it is ${status.phase}`) };
}

function connection({ status, nowMs, startedMs }: HealthFacts): Component {
  const part = { name: "broker", isCritical: true };
  if (status === null) return { ...part, ...young(nowMs, startedMs, "not connected yet") };
  const { line } = status;
  if (line.kind === "live") return { ...part, condition: "ok", detail: "the line is live" };
  const why = "reason" in line ? `${line.kind}: ${line.reason}` : line.kind;
  if (line.kind === "connecting") return { ...part, ...young(nowMs, startedMs, why) };
  return { ...part, condition: "failed", detail: why };
}

function data({ status, nowMs, startedMs, barsMissing }: HealthFacts): Component {
  const part = { name: "data", isCritical: true };
  if (status === null || barsMissing === null || Number.isNaN(status.lastBarMs))
    return { ...part, ...young(nowMs, startedMs, "no bar has come yet") };
  const age = `the last bar is ${seconds(nowMs - status.lastBarMs)} old`;
  if (barsMissing <= barsMissingMax) return { ...part, condition: "ok", detail: age };
  return { ...part, ...young(nowMs, startedMs, `${barsMissing} bars have not come: ${age}`) };
}

function trading({ status }: HealthFacts): Component {
  const part = { name: "trading", isCritical: false };
  if (status === null || status.trading.state === "active")
    return { ...part, condition: "ok", detail: "orders may leave" };
  const { state, reason } = status.trading;
  return { ...part, condition: "degraded", detail: `${state}: ${reason}` };
}

function disk({ diskFreeBytes }: HealthFacts): Component {
  const part = { name: "disk", isCritical: true };
  if (diskFreeBytes === null) return { ...part, condition: "ok", detail: "not watched" };
  const free = `${Math.round(diskFreeBytes / 1024 / 1024)} MB free`;
  return { ...part, condition: diskFreeBytes < diskFreeMin ? "failed" : "ok", detail: free };
}

function clock({ clockSkewMs }: HealthFacts): Component {
  const part = { name: "clock", isCritical: false };
  if (clockSkewMs === null) return { ...part, condition: "ok", detail: "not compared yet" };
  const isOff = Math.abs(clockSkewMs) > clockSkewMsMax;
  return { ...part, condition: isOff ? "failed" : "ok", detail: `${clockSkewMs} ms off the venue's` };
}

function lag({ loopLagMs }: HealthFacts): Component {
  const part = { name: "event loop", isCritical: false };
  if (loopLagMs === null) return { ...part, condition: "ok", detail: "not watched" };
  const isLate = loopLagMs > loopLagMsMax;
  return {
    ...part,
    condition: isLate ? "degraded" : "ok",
    detail: `${Math.round(loopLagMs)} ms late at worst`,
  };
}

/** What is missing is only missing once the robot has had time to begin. */
function young(
  nowMs: number,
  startedMs: number,
  detail: string,
): { readonly condition: Condition; readonly detail: string } {
  return { condition: nowMs - startedMs < graceMs ? "starting" : "failed", detail };
}

function seconds(spanMs: number): string {
  return `${Math.round(spanMs / secondMs)} s`;
}
