import { secondMs } from "../../base/time.ts";
import type { AccountSnapshot, BrokerConnection } from "../../ports/broker-connection.ts";
import { accountView } from "../../robot/account-view.ts";
import type { Guard } from "../../robot/kill/guard.ts";
import type { Robot } from "../../robot/robot-parts.ts";
import type { RobotLog } from "../../robot/robot-types.ts";
import type { SharedAccount } from "../../robot/account/shared-account.ts";
import type { ExplainedDifference } from "../../robot/comparison/comparison.ts";
import { ComparisonBook } from "./comparison-book.ts";
import type { SessionNote, SessionPaths } from "./session-folder.ts";
import type { TradingPlan } from "./session-parts.ts";
import { writeStatus, type SessionStatus } from "./session-status.ts";
import type { SessionWatch } from "./watch/session-watch.ts";

/** What a reporter looks at. */
export type ReporterParts = {
  readonly plan: TradingPlan;
  readonly note: SessionNote;
  readonly paths: SessionPaths;
  readonly robot: Robot;
  readonly guard: Guard;
  readonly connection: BrokerConnection;
  /** The account that it shares with others; null where it has one for itself. */
  readonly shared: Pick<SharedAccount, "whole" | "besides"> | null;
  readonly watch: Pick<SessionWatch, "components" | "isOn" | "raise">;
  readonly log: RobotLog;
};

const reportEveryMs = secondMs;
const accountEveryMs = 15 * secondMs;
/** After a fill it is asked sooner: what is free is another sum then. */
const accountAfterFillMs = 2 * secondMs;
/** The comparison is made anew about as often, in the thread of the engine. */
const compareEveryMs = 5 * secondMs;

/** Says once a second how a session is, and what of it is not as its backtest says. */
export class SessionReporter {
  private readonly parts: ReporterParts;
  private timer: NodeJS.Timeout | null = null;
  private venue: AccountSnapshot | null = null;
  private accountAskedMs = -Infinity;
  private fillsAsked = 0;
  private comparedMs = -Infinity;
  private firstFillMs: number | null = null;
  private readonly book: ComparisonBook;

  constructor(parts: ReporterParts) {
    this.parts = parts;
    const { note, paths, log, watch } = parts;
    const { raise } = watch;
    this.book = new ComparisonBook({ path: paths.comparison, session: note.id, log, raise });
  }

  start(): void {
    this.timer = setInterval(() => this.report(), reportEveryMs);
    this.report();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.comparedMs = -Infinity;
    this.report();
    try {
      this.book.end(this.difference);
    } catch (error) {
      // What ends after us must end all the same: on a disk that takes nothing the robot ends because of that.
      this.parts.log.error({ error: String(error) }, "the comparison of the day could not be written");
    }
  }

  /** Switched off, the backtest beside it says nothing. */
  private get difference(): ExplainedDifference | null {
    const { robot, watch } = this.parts;
    return watch.isOn("shadow") ? robot.view().comparison : null;
  }

  private report(): void {
    const { robot, guard, paths, log, note, watch } = this.parts;
    const nowMs = Date.now();
    try {
      if (nowMs - this.comparedMs >= compareEveryMs) this.compare(nowMs);
      const status = robot.status();
      const waitMs = status.counts.fills === this.fillsAsked ? accountEveryMs : accountAfterFillMs;
      if (nowMs - this.accountAskedMs >= waitMs) this.askAccount(nowMs, status.counts.fills);
      if (status.counts.fills > 0) this.firstFillMs ??= nowMs - note.startedMs;
      const view = robot.view();
      const { decisions, fills } = view;
      writeStatus(paths.status, {
        writtenMs: nowMs,
        robot: status,
        account: accountView(view, this.venue, guard.days.day),
        gauges: guard.gauges(),
        // Parts that were closed with their robot have not failed.
        components: status.phase === "stopped" ? [] : watch.components(),
        decisions,
        fills,
        comparison: this.difference,
        firstFillMs: this.firstFillMs,
        shared: this.sharedView(),
      });
    } catch (error) {
      // Whoever only reports must not stop what trades.
      log.error({ error: String(error) }, "the status could not be written");
    }
  }

  private sharedView(): SessionStatus["shared"] {
    const { shared } = this.parts;
    if (shared === null || shared.whole === null) return null;
    const { equity, currency } = shared.whole;
    return { equity, currency, beside: shared.besides() };
  }

  private askAccount(nowMs: number, fills: number): void {
    this.accountAskedMs = nowMs;
    this.fillsAsked = fills;
    this.parts.connection.account().then(
      (venue) => (this.venue = venue),
      (error: unknown) => this.parts.log.warn({ error: String(error) }, "the account could not be asked for"),
    );
  }

  private compare(nowMs: number): void {
    this.comparedMs = nowMs;
    const { difference } = this;
    if (difference !== null) this.book.take(difference, this.parts.plan.clock.nowMs());
  }
}
