import { secondMs } from "../../base/time.ts";
import type { LiveFeed } from "../../data/live/live-feed-parts.ts";
import type { AccountSnapshot, BrokerConnection } from "../../ports/broker-connection.ts";
import { accountView } from "../../robot/account-view.ts";
import type { AlertEvent } from "../../robot/alerts/alert-rules.ts";
import { compareSessions, type ExplainedDifference } from "../../robot/comparison/comparison.ts";
import type { Guard } from "../../robot/kill/guard.ts";
import type { Robot, RobotLog } from "../../robot/robot-types.ts";
import { Shadow } from "../../robot/comparison/shadow.ts";
import { buildSession, layGround } from "../session/build-session.ts";
import { ComparisonBook } from "./comparison-book.ts";
import type { SessionNote, SessionPaths } from "./session-folder.ts";
import type { TradingPlan } from "./session-parts.ts";
import { recentLines } from "./session-report.ts";
import { writeStatus } from "./session-status.ts";
import type { SessionWatch } from "./watch/session-watch.ts";

/** What a reporter looks at. */
export type ReporterParts = {
  readonly plan: TradingPlan;
  readonly note: SessionNote;
  readonly paths: SessionPaths;
  readonly robot: Robot;
  readonly guard: Guard;
  readonly connection: BrokerConnection;
  readonly feed: LiveFeed;
  readonly watch: Pick<SessionWatch, "components" | "isOn">;
  readonly log: RobotLog;
  /** Tells people. */
  readonly raise: (event: AlertEvent) => void;
};

const reportEveryMs = secondMs;
const accountEveryMs = 15 * secondMs;
/** The shadow lives through what has come since the last time; it need not do so at once. */
const compareEveryMs = 5 * secondMs;

/** Says once a second how a session is, and holds it against its backtest. */
export class SessionReporter {
  private readonly parts: ReporterParts;
  private readonly shadow: Shadow;
  private readonly startedMs: number;
  private timer: NodeJS.Timeout | null = null;
  private venue: AccountSnapshot | null = null;
  private accountAskedMs = -Infinity;
  private comparedMs = -Infinity;
  private difference: ExplainedDifference | null = null;
  private readonly book: ComparisonBook;
  private firstFillMs: number | null = null;
  private decisionsLogged = 0;

  constructor(parts: ReporterParts) {
    this.parts = parts;
    const { plan, feed, robot, note, paths, log, raise } = parts;
    this.book = new ComparisonBook({ path: paths.comparison, session: note.id, log, raise });
    this.startedMs = plan.clock.nowMs();
    const { strategy, params, registry } = plan;
    const config = { ...plan.config, account: { ...plan.config.account, cash: robot.status().cash } };
    const setup = { bars: feed.bars, strategy, params, config, registry };
    this.shadow = new Shadow(buildSession(setup, layGround(feed.bars, config)), feed.bars, this.startedMs);
  }

  start(): void {
    this.timer = setInterval(() => this.report(), reportEveryMs);
    this.report();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.comparedMs = -Infinity;
    this.report();
    this.book.end(this.difference);
  }

  private report(): void {
    const { robot, guard, paths, log, note, watch } = this.parts;
    const nowMs = Date.now();
    try {
      if (nowMs - this.accountAskedMs >= accountEveryMs) this.askAccount(nowMs);
      // Switched off, it says nothing; on again, it lives through what it has missed.
      if (!watch.isOn("shadow")) this.difference = null;
      else if (nowMs - this.comparedMs >= compareEveryMs) this.compare(nowMs);
      const status = robot.status();
      if (status.counts.fills > 0) this.firstFillMs ??= nowMs - note.startedMs;
      const lines = recentLines(robot.session);
      this.logDecisions();
      writeStatus(paths.status, {
        writtenMs: nowMs,
        robot: status,
        account: accountView(robot.session, this.venue, guard.days.day),
        gauges: guard.gauges(),
        components: watch.components(),
        ...lines,
        comparison: this.difference,
        firstFillMs: this.firstFillMs,
      });
    } catch (error) {
      // Whoever only reports must not stop what trades.
      log.error({ error: String(error) }, "the status could not be written");
    }
  }

  /** Every decision, order and fill is a line of the log, tied together by bar and order. */
  private logDecisions(): void {
    const { robot, log } = this.parts;
    const { recorder, pipeline } = robot.session;
    const { events } = recorder.log;
    for (; this.decisionsLogged < events.length; this.decisionsLogged++) {
      const { kind, timeMs, instrument, first, second, third, text } = events.at(this.decisionsLogged);
      const symbol = pipeline.instruments[instrument]?.symbol;
      const orderId =
        kind === "order" ? third : ["canceled", "rejected", "expired"].includes(kind) ? first : undefined;
      log.info({ bar: timeMs, symbol, kind, orderId, first, second, third }, `${kind}: ${text}`);
    }
  }

  private askAccount(nowMs: number): void {
    this.accountAskedMs = nowMs;
    this.parts.connection.account().then(
      (venue) => (this.venue = venue),
      (error: unknown) => this.parts.log.warn({ error: String(error) }, "the account could not be asked for"),
    );
  }

  private compare(nowMs: number): void {
    this.comparedMs = nowMs;
    const { robot, plan, feed } = this.parts;
    this.shadow.advance(robot.status().lastBarMs);
    const rate = Number(plan.config.costs.slippage["rate"] ?? 0);
    this.difference = compareSessions(robot.session, this.shadow.session, feed.bars, this.startedMs, rate);
    this.book.take(this.difference, plan.clock.nowMs());
  }
}
