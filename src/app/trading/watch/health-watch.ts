import { monitorEventLoopDelay } from "node:perf_hooks";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { access, constants, statfs } from "node:fs/promises";
import { secondMs } from "../../../base/time.ts";
import type { Robot } from "../../../robot/robot-parts.ts";
import type { KillTriggers } from "../../../robot/kill/kill-triggers.ts";
import type { RobotStatus } from "../../../robot/robot-types.ts";
import type { TradingPlan } from "../session-parts.ts";
import type { HealthFacts } from "./robot-parts.ts";

const diskEveryMs = 30 * secondMs;
const lagEveryMs = 30 * secondMs;

/** What the health of a session is judged by. */
export type HealthWatchParts = {
  readonly plan: Pick<TradingPlan, "clock" | "calendarOf" | "symbols" | "timeframe" | "triggers">;
  /** Where the journal is written. */
  readonly folder: string;
  /** Clock of the venue minus that of the session, where somebody has asked. */
  readonly clockSkewMs: () => number | null;
};

/** Measures what the health of a session hangs on beside the robot itself: disk, event loop, bars that do not come. */
export class HealthWatch {
  private readonly parts: HealthWatchParts;
  private readonly startedMs: number;
  private readonly delay = monitorEventLoopDelay({ resolution: 20 });
  private robot: Robot | null = null;
  private diskFreeBytes: number | null = null;
  private isJournalGone = false;
  private folderFault: string | null = null;
  private loopLagMs: number | null = null;
  private readonly timers: readonly NodeJS.Timeout[];

  constructor(parts: HealthWatchParts) {
    this.parts = parts;
    this.startedMs = parts.plan.clock.nowMs();
    this.delay.enable();
    this.timers = [
      setInterval(() => void this.measureDisk(), diskEveryMs),
      setInterval(() => this.measureLag(), lagEveryMs),
    ];
    for (const timer of this.timers) timer.unref();
    void this.measureDisk();
  }

  /** From now on there is a robot to look at. */
  watch(robot: Robot): void {
    this.robot = robot;
  }

  status(): RobotStatus | null {
    return this.robot?.status() ?? null;
  }

  facts(): HealthFacts {
    const { plan, clockSkewMs } = this.parts;
    const status = this.status();
    const nowMs = plan.clock.nowMs();
    return {
      nowMs,
      startedMs: this.startedMs,
      status,
      diskFreeBytes: this.diskFreeBytes,
      isJournalGone: this.isJournalGone,
      folderFault: this.folderFault,
      clockSkewMs: clockSkewMs(),
      clockSkewMsMax: limitOf(plan.triggers["clock-skew"], 2 * secondMs),
      turnMsMax: limitOf(plan.triggers["loop-stall"], 30 * secondMs),
      loopLagMs: this.loopLagMs,
      barsMissing: status === null ? null : this.barsMissing(status.lastBarMs, nowMs - status.answerOwedMs),
    };
  }

  close(): void {
    this.delay.disable();
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Of the symbol of which the fewest are missing: one that is halted is no reason to call the data dead. */
  private barsMissing(lastBarMs: number, nowMs: number): number | null {
    const { symbols, calendarOf, timeframe } = this.parts.plan;
    if (Number.isNaN(lastBarMs)) return null;
    return Math.min(...symbols.map((symbol) => calendarOf(symbol).missingBars(lastBarMs, nowMs, timeframe)));
  }

  private async measureDisk(): Promise<void> {
    this.isJournalGone = this.robot !== null && !existsSync(join(this.parts.folder, "journal"));
    this.folderFault = await access(this.parts.folder, constants.W_OK).then(
      () => null,
      (error: unknown) => (error as Error).message,
    );
    try {
      const { bavail, bsize } = await statfs(this.parts.folder);
      this.diskFreeBytes = bavail * bsize;
    } catch {
      // A folder that cannot be asked about is a disk that cannot be relied on.
      this.diskFreeBytes = 0;
    }
  }

  private measureLag(): void {
    this.loopLagMs = this.delay.max / 1e6;
    this.delay.reset();
  }
}

/** Parts fail by the limit at which trading waits: in a market that runs faster than the clock on the wall it is larger. */
function limitOf({ limit }: KillTriggers[keyof KillTriggers], usual: number): number {
  return limit === "off" ? usual : limit;
}
