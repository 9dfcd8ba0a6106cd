import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { DayBook } from "../day-book.ts";
import type { RobotStatus } from "../robot-types.ts";
import type { Gauges } from "./kill-triggers.ts";

/** What the gauges need to know of the market. */
export type GaugeSetup = {
  /** Of the first instrument: the market's day. */
  readonly calendar: Calendar;
  readonly timeframe: Timeframe;
  /** Where the counters of the day are kept. */
  readonly dayPath: string;
  /** Where the session before kept them that this one follows on its account. */
  readonly beforePath?: string | undefined;
};

/** What nobody but the guard can measure. */
export type Measured = {
  /** Milliseconds between this clock and the venue's; undefined before it was asked. */
  readonly skewMs: number | undefined;
  /** What the venue's clock said last; NaN before it was asked, or where it is too far from this one. */
  readonly venueMs: number;
  /** How long the loop stood still before this look. */
  readonly stalledMs: number;
  readonly valueAtRisk: number | undefined;
};

/** Refusals are judged over the last so many orders, once there are as many. */
const ordersJudged = 10;

type Answered = { readonly sent: number; readonly refused: number };

/** Reads off a robot what the triggers look at. */
export class GaugeBoard {
  readonly days: DayBook;
  private readonly setup: GaugeSetup;
  /** What came or went without a trade, as of the last look. */
  movedNow = 0;
  private moneyAtMs = Number.NaN;
  private fillsSeen = 0;
  private watchedFromMs = Number.NaN;
  private lineLostMs: number | null = null;
  private readonly answered: Answered[] = [];

  constructor(setup: GaugeSetup) {
    this.setup = setup;
    this.days = new DayBook(setup.dayPath, setup.calendar, setup.beforePath);
  }

  /** Everything that can be measured now. Money is the venue's or ours, whichever is less. */
  read(status: RobotStatus, largestExposure: number, nowMs: number, measured: Measured): Gauges {
    this.noteMoney(status);
    const own = status.equity + this.days.moved;
    const atVenue = status.venueEquity?.equity ?? own;
    // The venue's figure is up to a minute old: of the two the worse one counts. Before its first bar a session has what it took over in its
    // books at what it cost: a profit or loss of before would be one of today.
    const equity = Number.isFinite(status.lastBarMs) ? Math.min(atVenue, own) : atVenue;
    const day = this.days.note(nowMs, measured.venueMs, equity, status.counts.fills - this.fillsSeen);
    this.fillsSeen = status.counts.fills;
    const { line } = status;
    return {
      "daily-trades": day.fills,
      "position-value": largestExposure / equity,
      connectivity: this.withoutLineMs(line, nowMs),
      "daily-loss": (day.startEquity - equity) / day.startEquity,
      drawdown: (day.peakEquity - equity) / day.peakEquity,
      "loop-stall": measured.stalledMs,
      ...known("reject-rate", this.refusedShare(status)),
      ...known("stale-data", this.overdueMs(status, nowMs)),
      ...known("clock-skew", measured.skewMs),
      ...known("value-at-risk", measured.valueAtRisk),
    };
  }

  /** What the venue told of the account is looked at once. */
  private noteMoney({ venueMoney, equity, lastFillMs }: RobotStatus): void {
    this.movedNow = 0;
    if (venueMoney === null || venueMoney.venueTimeMs === this.moneyAtMs) return;
    this.moneyAtMs = venueMoney.venueTimeMs;
    this.movedNow = this.days.noteMoney({ ...venueMoney, ownEquity: equity }, lastFillMs);
  }

  /** Every try to come back that fails is told with a time of its own: it is the first loss that counts. */
  private withoutLineMs(line: RobotStatus["line"], nowMs: number): number {
    if (line.kind === "live") {
      this.lineLostMs = null;
      return 0;
    }
    this.lineLostMs ??= line.atMs;
    return nowMs - this.lineLostMs;
  }

  private refusedShare({ counts }: RobotStatus): number | undefined {
    const present = { sent: counts.sent, refused: counts.refusedByVenue };
    const last = this.answered.at(-1);
    if (last?.sent !== present.sent || last.refused !== present.refused) this.answered.push(present);
    // The newest look that is at least so many orders old.
    while (this.answered.length > 1 && present.sent - this.answered[1]!.sent >= ordersJudged)
      this.answered.shift();
    const first = this.answered[0]!;
    const sent = present.sent - first.sent;
    return sent < ordersJudged ? undefined : (present.refused - first.refused) / sent;
  }

  /** Milliseconds since a bar should have been there; undefined before the first. */
  private overdueMs({ lastBarMs, answerOwedMs }: RobotStatus, atMs: number): number | undefined {
    if (Number.isNaN(this.watchedFromMs)) this.watchedFromMs = atMs;
    // Bars that wait for a strategy that thinks have come.
    const nowMs = Math.max(this.watchedFromMs, atMs - answerOwedMs);
    if (!Number.isFinite(lastBarMs)) return undefined;
    // The last bar of a robot that was down is old when it starts again: what it missed is loaded now, and is not late yet.
    return Math.min(this.lateMs(lastBarMs, nowMs), nowMs - this.watchedFromMs);
  }

  private lateMs(lastBarMs: number, nowMs: number): number {
    const { calendar, timeframe } = this.setup;
    const missing = calendar.missingBars(lastBarMs, nowMs, timeframe);
    if (missing === 0) return 0;
    const spanMs = timeframeMs(timeframe);
    return (missing - 1) * spanMs + ((calendar.tradedUntil(nowMs) - lastBarMs) % spanMs);
  }
}

function known(kind: keyof Gauges, value: number | undefined): Gauges {
  return value === undefined ? {} : { [kind]: value };
}
