import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { OrderId } from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import type { Session } from "../../engine/session.ts";
import { runBatch, live } from "../../engine/step.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { CheckSubject, GivenParams } from "./check-subject.ts";
import { ColumnWatch, type SeenColumn } from "./seen-columns.ts";
import { WatchedBroker, type MarketOrder } from "./watched-broker.ts";

/** Events in the order in which they were logged. */
export type EventList = {
  readonly length: number;
  at(row: number): DecisionEvent | undefined;
};

/** Everything that one run showed: what checks compare. */
export type RunTrace = {
  readonly columns: readonly SeenColumn[];
  /** Bars that were decided on, by instrument. */
  readonly decided: readonly Bars[];
  readonly events: EventList;
  /** Equity after each slice. */
  readonly account: {
    readonly length: number;
    readonly timeMs: Float64Array;
    readonly equity: Float64Array;
  };
  /** The identity of the run. */
  readonly decisionsHash: string;
  readonly marketOrders: ReadonlyMap<OrderId, MarketOrder>;
  /** What ended the run early; null when it ran to its end. */
  readonly failure: Error | null;
};

/** An ordinary run: all bars are there from the start, and columns are folded as in any backtest. */
export function ordinaryRun(
  subject: CheckSubject,
  strategy: AnyStrategy,
  params: GivenParams,
  bars: readonly Bars[],
): RunTrace {
  const watch = new RunWatch(subject, strategy, params, bars, bars);
  return watch.finish(() => {
    watch.take();
    for (const batch of subject.feed(bars)) runBatch(watch.session, batch);
  });
}

/**
 * The same run as it would be live: at each slice the tables hold the bars up to it, copied, and nothing else
 * exists anywhere in the run. What it shows at a bar is what the future, cut off at that bar, leaves.
 */
export function growingRun(
  subject: CheckSubject,
  strategy: AnyStrategy,
  params: GivenParams,
  bars: readonly Bars[],
  onBars?: (bars: number) => void,
): RunTrace {
  const tables = bars.map(({ symbol, timeframe }) => new BarTable(symbol, timeframe));
  const watch = new RunWatch(subject, strategy, params, tables, bars);
  return watch.finish(() => {
    for (const batch of subject.feed(bars)) {
      while (batch.advance()) {
        appendSlice(tables, bars, batch.slice);
        live(watch.session, batch.slice);
        watch.take();
        onBars?.(batch.slice.count);
      }
    }
  });
}

/** Copies the bars of a slice from finished bars into growing ones. */
function appendSlice(tables: readonly BarTable[], bars: readonly Bars[], slice: MarketSlice): void {
  for (let k = 0; k < slice.count; k++) {
    const index = slice.instruments[k]!;
    const row = slice.rows[k]!;
    const { closeTimeMs, open, high, low, close, volume } = bars[index]!;
    tables[index]!.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
  }
}

/** A session under observation. */
class RunWatch {
  readonly session: Session;
  private readonly broker: WatchedBroker;
  private readonly watches: readonly ColumnWatch[];

  constructor(
    subject: CheckSubject,
    strategy: AnyStrategy,
    params: GivenParams,
    bars: readonly Bars[],
    whole: readonly Bars[],
  ) {
    const session = subject.build(strategy, params, bars);
    this.broker = new WatchedBroker(session.broker);
    this.session = { ...session, broker: this.broker };
    // Decision bars are never more than base bars.
    this.watches = session.pipeline.runners.map((runner, k) => new ColumnWatch(runner, whole[k]!.length));
  }

  take(): void {
    const { runners } = this.session.pipeline;
    for (let k = 0; k < this.watches.length; k++) this.watches[k]!.take(runners[k]!.store.bars.length);
  }

  finish(run: () => void): RunTrace {
    let failure: Error | null = null;
    try {
      run();
    } catch (cause) {
      failure = cause instanceof Error ? cause : new Error(String(cause));
    }
    const { pipeline, recorder } = this.session;
    const { events, length, timeMs, equity } = recorder.log;
    return {
      columns: this.watches.flatMap((watch) => watch.columns()),
      decided: pipeline.runners.map((runner) => runner.store.bars),
      events,
      account: { length, timeMs, equity },
      decisionsHash: length === 0 ? "" : recorder.log.hash(),
      marketOrders: this.broker.orders,
      failure,
    };
  }
}
