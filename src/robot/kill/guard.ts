import type { BrokerConnection } from "../../ports/broker-connection.ts";
import { ClockOff } from "../../base/clock-off.ts";
import { sleep, type Clock } from "../../ports/clock.ts";
import type { Robot } from "../robot-parts.ts";
import type { RobotLog } from "../robot-types.ts";
import type { Heartbeat } from "../watchdog.ts";
import { closeAccount } from "./close-account.ts";
import { GaugeBoard, type GaugeSetup } from "./gauges.ts";
import type { Hold } from "./hold.ts";
import type { KillSwitch } from "./kill-switch.ts";
import type { Pull } from "./pull.ts";
import { trippedBy, type Gauges, type KillTriggers, type Tripped } from "./kill-triggers.ts";

/** What a guard is put together from. */
export type GuardParts = {
  readonly robot: Pick<Robot, "status" | "view" | "note">;
  readonly connection: BrokerConnection;
  readonly killSwitch: KillSwitch;
  readonly triggers: KillTriggers;
  /** What trading waits under; whoever asks whether orders may leave asks it too. */
  readonly hold: Hold;
  readonly gauges: GaugeSetup;
  readonly heartbeat: Heartbeat;
  readonly clock: Clock;
  /** The machine's own time, by which the watchdog hears the heart; that of the robot when it is left out. */
  readonly heartClock?: Clock;
  readonly log: RobotLog;
};

/** Somebody who looks at a robot once a second and pulls the switch. */
export type Guard = {
  /** What was measured last. */
  readonly gauges: () => Gauges;
  readonly days: GaugeBoard["days"];
  /** Ends the watch and says good-bye to the watchdog; what is being closed at the venue is left to whoever comes next. */
  readonly stop: () => void;
};

const lookEveryMs = 1_000;
const skewEveryMs = 30_000;
/** What was amiss must be over for so long before anything is opened again. */
const calmMsMin = 60_000;
/** Less than this share of the equity is not worth a message. */
const toldMin = 0.001;

/**
 * Guards a running robot: beats its heart, measures, holds it or pulls the switch when a trigger trips, and carries out at the venue
 * what a pull asks for, whoever pulled. A pull that was there before the robot started is carried out as well.
 */
export function startGuard(parts: GuardParts): Guard {
  const guard = new Watch(parts);
  guard.look();
  return { gauges: () => guard.gauges, days: guard.board.days, stop: () => guard.stop() };
}

class Watch {
  gauges: Gauges = {};
  readonly board: GaugeBoard;
  private readonly parts: GuardParts;
  private readonly ending = new AbortController();
  private cancelLook: () => void = () => {};
  private lookedMs = Number.NaN;
  private heldMs = -Infinity;
  private heldFor: Tripped["trigger"] | null = null;
  private skewMs: number | undefined;
  private venueMs = Number.NaN;
  private isMute = false;
  private skewAskedMs = -Infinity;
  private readonly closing = new Set<string>();

  constructor(parts: GuardParts) {
    this.parts = parts;
    this.board = new GaugeBoard(parts.gauges);
  }

  look(): void {
    const { clock, robot, heartbeat, log } = this.parts;
    const nowMs = clock.nowMs();
    const stalledMs = Number.isNaN(this.lookedMs) ? 0 : Math.max(0, nowMs - this.lookedMs - lookEveryMs);
    this.lookedMs = nowMs;
    this.cancelLook = clock.schedule(lookEveryMs, () => this.look());
    try {
      heartbeat.beat((this.parts.heartClock ?? clock).nowMs());
      this.isMute = false;
    } catch (error) {
      // Tried every second, said once.
      if (!this.isMute) log.error({ error: String(error) }, "the heartbeat could not be written");
      this.isMute = true;
    }
    this.askForTime(nowMs);
    const { largestExposure, valueAtRisk } = robot.view();
    const measured = {
      skewMs: this.skewMs,
      venueMs: this.venueMs,
      stalledMs,
      valueAtRisk: valueAtRisk ?? undefined,
    };
    this.gauges = this.board.read(robot.status(), largestExposure, nowMs, measured);
    this.sayMoved();
    this.judge(nowMs);
    this.carryOut();
  }

  stop(): void {
    this.cancelLook();
    this.ending.abort(new Error("the guard ends"));
    this.parts.heartbeat.stop();
  }

  /** Cents of interest are not told. */
  private sayMoved(): void {
    const { movedNow, days } = this.board;
    if (Math.abs(movedNow) < toldMin * Math.abs(days.day?.lastEquity ?? 0)) return;
    const amount = Math.abs(movedNow).toFixed(2);
    const message =
      movedNow > 0
        ? `${amount} came into the account without a trade: it is no profit, and sizes go on from the money of the session`
        : `${amount} left the account without a trade: it is no loss. Sizes still count with it: start the session anew to trade with what is left`;
    if (movedNow !== 0)
      this.parts.robot.note({ kind: "money moved", gravity: "notice", symbol: null, message });
  }

  /** A trigger that has pulled does not pull again while that pull stands. */
  private judge(atMs: number): void {
    const { killSwitch, triggers, log } = this.parts;
    const standing = new Set(killSwitch.state().pulls.map(({ trigger, action }) => `${trigger} ${action}`));
    const tripped = trippedBy(this.gauges, triggers);
    this.wait(
      tripped.filter(({ action }) => action === "wait"),
      atMs,
    );
    for (const { trigger, action, limit, value, reason } of tripped) {
      if (action === "wait" || standing.has(`${trigger} ${action}`)) continue;
      log.error({ trigger, action, limit, value }, `kill switch pulled: ${reason}`);
      try {
        killSwitch.pull({ trigger, action, limit, value, reason, atMs, by: "robot" });
      } catch (error) {
        // It counts all the same, for as long as this process lives.
        log.error({ error: String(error) }, "the pull could not be written to the disk");
      }
    }
  }

  /** What ends by itself is waited for, and said when it begins, when something else takes its place and when it is over. */
  private wait(tripped: readonly Tripped[], atMs: number): void {
    const { hold, robot } = this.parts;
    // A clock that is set back does not make the wait longer.
    if (tripped.length > 0 || atMs < this.heldMs) this.heldMs = atMs;
    const first = tripped[0];
    // The first figure stays: a reason that changes every second would be news every second.
    if (first !== undefined && !tripped.some(({ trigger }) => trigger === this.heldFor)) {
      this.heldFor = first.trigger;
      hold.reason = first.reason;
      const message = `nothing is opened until a minute after this is over: ${first.reason}`;
      robot.note({ kind: "trading waits", gravity: "alarm", symbol: null, message });
    } else if (first === undefined && hold.reason !== null && atMs - this.heldMs >= calmMsMin) {
      const message = `over for a minute: ${hold.reason}`;
      hold.reason = null;
      this.heldFor = null;
      robot.note({ kind: "trading goes on", gravity: "notice", symbol: null, message });
    }
  }

  /** Does at the venue what stands and is not done. One closing at a time: the gravest. */
  private carryOut(): void {
    const { killSwitch, clock, log } = this.parts;
    const { action, pulls, done } = killSwitch.state();
    if (action === null || action === "reduce") return;
    // The newest: what was held when it was pulled is more than what an older one was to close.
    const pull = pulls.findLast((one) => one.action === action);
    if (pull === undefined || (done.has(pull.id) && this.parts.robot.status().unanswered === 0)) return;
    const key = `${pull.id} ${action}`;
    if (this.closing.has(key)) return;
    this.closing.add(key);
    log.warn({ pull: pull.id, action }, "closing the account at the venue");
    this.close(pull).then(
      (left) => {
        killSwitch.noteDone({ pull: pull.id, atMs: clock.nowMs(), by: "robot", left: { ...left } });
        const isNaked = action === "freeze" && Object.keys(left).length > 0;
        const message = isNaked
          ? "no order works at the venue any more: what is held has no protection"
          : "the account is closed at the venue";
        log.warn({ pull: pull.id, left }, message);
      },
      (error: unknown) => {
        this.closing.delete(key);
        if (!this.ending.signal.aborted) log.error({ error: String(error) }, "closing the account failed");
      },
    );
  }

  /** Whatever was sent before the pull may come to the venue after all was closed there: until nothing is owed it is closed again. */
  private async close(pull: Pull): Promise<Readonly<Record<string, number>>> {
    const { connection, clock, log, robot } = this.parts;
    const { signal } = this.ending;
    for (;;) {
      const { unanswered } = robot.status();
      const left = await closeAccount({ connection, clock, log, pull, signal });
      if (unanswered === 0) return left;
      log.warn({ pull: pull.id, unanswered }, "orders were sent and not answered: it is looked at again");
      await sleep(clock, lookEveryMs, signal);
    }
  }

  private askForTime(nowMs: number): void {
    // A clock that was set back is asked about at once.
    const sinceMs = nowMs - this.skewAskedMs;
    if (sinceMs >= 0 && sinceMs < skewEveryMs) return;
    this.skewAskedMs = nowMs;
    const { connection, clock } = this.parts;
    connection.timeMs().then(
      (venueMs) => {
        // The venue looked at its clock somewhere between question and answer: what lies outside of them is certain.
        const backMs = clock.nowMs();
        if (backMs - nowMs < lookEveryMs) this.skewMs = Math.max(0, venueMs - backMs, nowMs - venueMs);
        this.venueMs = venueMs;
      },
      (error: unknown) => {
        this.skewMs = error instanceof ClockOff ? Math.abs(error.skewMs) : undefined;
      },
    );
  }
}
