import { assert } from "../base/assert.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { ParamValue } from "../domain/params.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Signal } from "../domain/target.ts";
import type { AnyStrategy, PortfolioPart, Schedule } from "../ports/strategy.ts";
import type { AccountView } from "./account-view.ts";
import type { ColumnStore } from "./columns/column-store.ts";
import type { ProtectionLevels } from "./execution/protect.ts";
import type { Listings } from "./listings.ts";
import { MemberRunner } from "./member-runner.ts";
import { RebalanceView } from "./rebalance-view.ts";
import { checkSchedule, periodOf } from "./schedule.ts";
import { refusePromise, strategyFailure } from "./wanted-signal.ts";

/** What a portfolio runner knows of the run beside its strategy. */
export type PortfolioGround = {
  readonly stores: readonly ColumnStore[];
  readonly calendars: readonly Calendar[];
  readonly account: AccountView;
  readonly listings: Listings;
  readonly protection: ProtectionLevels | null;
  /** Whether a symbol was in the universe on a day, counted from 1970-01-01; absent: always. */
  readonly isMember?: (symbol: string, sessionDay: number) => boolean;
  /** From here on decisions count; a run that is told to begin somewhere decides there first, whatever the schedule. */
  readonly tradeFromMs: number;
};

const none: readonly Signal[] = [];

/** One strategy over all symbols of a run: who is a member, when it is asked, and what it wants. */
export class PortfolioRunner {
  /** By instrument index. */
  readonly runners: readonly MemberRunner[];
  /** Bars of the last slice on which a member warmed up. */
  warmingUp = 0;
  /** When it decided last, and who was a member then. */
  decidedMs = Number.NaN;
  members: readonly MemberRunner[] = [];
  private readonly strategy: AnyStrategy;
  private readonly part: PortfolioPart;
  private readonly ground: PortfolioGround;
  private readonly view: RebalanceView;
  private readonly universe: readonly MemberRunner[];
  private sessionDay = Number.NaN;
  private period = Number.NaN;
  private isDue = false;
  private lastMs = Number.NaN;

  constructor(strategy: AnyStrategy, params: Readonly<Record<string, ParamValue>>, ground: PortfolioGround) {
    const { stores, account, protection } = ground;
    assert(strategy.portfolio !== undefined, "only a portfolio strategy has a portfolio runner");
    this.strategy = strategy;
    this.part = strategy.portfolio;
    checkSchedule(strategy.name, this.part.schedule);
    this.ground = ground;
    const names = this.part.universe;
    for (const symbol of names ?? []) account.instrumentOf(symbol);
    this.runners = account.instruments.map(
      (instrument, index) =>
        new MemberRunner(
          strategy,
          params,
          instrument,
          stores[index]!,
          account,
          protection,
          names === undefined || names.includes(instrument.symbol),
        ),
    );
    this.universe = this.runners.filter(({ symbol }) => names === undefined || names.includes(symbol));
    this.view = new RebalanceView(strategy.name, params, strategy.memory?.(), account, this.runners);
  }

  get schedule(): Schedule {
    return this.part.schedule;
  }

  /** Takes in the bars of a slice, whether anybody may decide on it or not. */
  observe(closed: MarketSlice): void {
    this.warmingUp = 0;
    for (let k = 0; k < closed.count; k++) {
      const opinion = this.runners[closed.instruments[k]!]!.moveTo(closed.rows[k]!);
      if (opinion === "warming up") this.warmingUp += 1;
    }
    const { schedule } = this.part;
    const { tradeFromMs } = this.ground;
    // Only where bars were seen before it: what is decided must not depend on where the data begin.
    const isFirst = this.lastMs < tradeFromMs && closed.timeMs >= tradeFromMs;
    this.lastMs = closed.timeMs;
    this.sessionDay = this.ground.calendars[closed.instruments[0]!]!.sessionOf(closed.timeMs);
    if (schedule === "bar") {
      this.isDue = true;
      return;
    }
    const period = periodOf(schedule, this.sessionDay);
    // Where the data begin it cannot be known whether a period begins as well.
    this.isDue = period > this.period || isFirst;
    if (!(period <= this.period)) this.period = period;
  }

  /** What the portfolio wants at the close of the slice that was observed last; nothing where it is not due. */
  decide(closed: MarketSlice): readonly Signal[] {
    if (!this.isDue) return none;
    for (const runner of this.runners) runner.hush();
    const members = this.universe.filter((runner) => this.isMember(runner));
    this.decidedMs = closed.timeMs;
    this.members = members;
    if (members.length > 0) this.ask(closed.timeMs, members);
    this.closeLeavers(closed.timeMs, new Set(members));
    return this.runners.flatMap(({ signal, instrument }) =>
      // What is gone is closed by those who saw it go.
      signal === null || this.ground.listings.isGone(instrument) ? [] : [signal],
    );
  }

  private isMember({ instrument, symbol, series }: MemberRunner): boolean {
    const { listings, isMember } = this.ground;
    if (series === null || !listings.isListed(instrument)) return false;
    return isMember?.(symbol, this.sessionDay) ?? true;
  }

  private ask(timeMs: number, members: readonly MemberRunner[]): void {
    const { name, onBar } = this.strategy;
    const onRebalance = onBar as unknown as (view: RebalanceView) => unknown;
    const stater = { strategyName: name, symbol: "its portfolio", timeMs };
    const symbols = members.map(({ symbol }) => symbol);
    try {
      const answer = onRebalance(this.view.at(timeMs, symbols));
      if (answer !== undefined) refusePromise(answer, "onRebalance", stater);
    } catch (cause) {
      throw strategyFailure(stater, "onRebalance", cause);
    }
  }

  /** A holding that has left the universe is not wanted any more, unless the strategy has just spoken of it. */
  private closeLeavers(timeMs: number, members: ReadonlySet<MemberRunner>): void {
    const { account, listings } = this.ground;
    for (const index of account.held) {
      const runner = this.runners[index]!;
      const isLeaver = listings.isListed(index as InstrumentIndex) && !members.has(runner);
      if (isLeaver && runner.signal === null) runner.want(0, "no longer in the universe", timeMs);
    }
  }
}
