import type { Bars } from "../../domain/bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { RowFault, RowQuarantine } from "../../ports/bar-source.ts";
import type { AppendResult } from "../../ports/bar-store.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";

/** What a fetch did. */
export type FetchReport = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** What the source was asked for; empty when everything was held. */
  readonly asked: readonly TimeRange[];
  readonly added: number;
  readonly revised: number;
  readonly unchanged: number;
  /** Rows that the source left out. */
  readonly quarantined: readonly RowQuarantine[];
  /** First and last close received, null without any. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Bars that the source delivered, whatever became of them. */
  readonly requestedBars: number;
};

const examplesMax = 5;

/** Collects what becomes of a fetch while it runs. */
export class FetchTally {
  bars = 0;
  private readonly asked: TimeRange[] = [];
  private readonly quarantines = new Map<RowFault, RowQuarantine>();
  private added = 0;
  private revised = 0;
  private unchanged = 0;
  private fromMs: number | null = null;
  private toMs: number | null = null;

  /** Notes a range as asked for. */
  ask(range: TimeRange): void {
    this.asked.push(range);
  }

  /** Counts bars that were received and stored. */
  take(bars: Bars, result: AppendResult): void {
    this.bars += bars.length;
    this.added += result.added;
    this.revised += result.revised;
    this.unchanged += result.unchanged;
    this.fromMs ??= bars.closeTimeMs[0]!;
    this.toMs = bars.closeTimeMs[bars.length - 1]!;
  }

  /** Counts rows that were left out, over all ranges. */
  quarantine(entries: readonly RowQuarantine[]): void {
    for (const { fault, count, examples } of entries) {
      const known = this.quarantines.get(fault);
      this.quarantines.set(fault, {
        fault,
        count: (known?.count ?? 0) + count,
        examples: [...(known?.examples ?? []), ...examples].slice(0, examplesMax),
      });
    }
  }

  /** Everything so far. */
  report(symbol: string, timeframe: Timeframe): FetchReport {
    return {
      symbol,
      timeframe,
      asked: this.asked,
      added: this.added,
      revised: this.revised,
      unchanged: this.unchanged,
      quarantined: [...this.quarantines.values()],
      fromMs: this.fromMs,
      toMs: this.toMs,
      requestedBars: this.bars,
    };
  }
}
