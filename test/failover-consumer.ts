import { minuteMs } from "../src/base/time.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import type { Bars } from "../src/domain/bars.ts";
import type { FailoverSource } from "../src/data/failover/failover-source.ts";
import type { BarRange, LiveBar, StreamState, Subscription } from "../src/ports/bar-source.ts";

/** Collects minute bars as a robot would: what streams in, and what was announced as missed, fetched in order. */
export class FailoverConsumer {
  readonly states: StreamState[] = [];
  /** What must never happen: a bar twice, one that goes back, two versions of one bar. */
  readonly wrongs: string[] = [];
  readonly subscription: Subscription;
  private readonly source: FailoverSource;
  private readonly bars = new Map<string, Map<number, LiveBar>>();
  private readonly lastMs = new Map<string, number>();
  private missing: BarRange[] = [];
  private isFetching = false;

  constructor(source: FailoverSource, symbols: readonly string[]) {
    this.source = source;
    for (const symbol of symbols) this.bars.set(symbol, new Map());
    this.subscription = source.subscribe({
      symbols,
      timeframes: ["1m"],
      onBar: (bar) => this.take(bar),
      onState: (state) => this.hear(state),
    });
  }

  /** Every bar of a symbol, in order. */
  barsOf(symbol: string): readonly LiveBar[] {
    return [...this.bars.get(symbol)!.values()].toSorted((a, b) => a.closeTimeMs - b.closeTimeMs);
  }

  /** The same without who sent them. */
  plainBarsOf(symbol: string): readonly Omit<LiveBar, "provider">[] {
    return this.barsOf(symbol).map((bar) => {
      const { provider: _provider, ...plain } = bar;
      return plain;
    });
  }

  /** The same as a table. */
  tableOf(symbol: string): Bars {
    return tableOf(symbol, this.barsOf(symbol));
  }

  private take(bar: LiveBar): void {
    if (bar.closeTimeMs <= (this.lastMs.get(bar.symbol) ?? 0))
      this.wrongs.push(`${bar.symbol} went from ${this.lastMs.get(bar.symbol)} to ${bar.closeTimeMs}`);
    this.lastMs.set(bar.symbol, bar.closeTimeMs);
    this.put(bar);
    void this.fetchMissing();
  }

  private hear(state: StreamState): void {
    this.states.push(state);
    if ("backfill" in state) this.missing.push(...state.backfill);
    void this.fetchMissing();
  }

  private put(bar: LiveBar): void {
    const bars = this.bars.get(bar.symbol)!;
    const held = bars.get(bar.closeTimeMs);
    const { provider: _, ...numbers } = bar;
    if (held === undefined) bars.set(bar.closeTimeMs, bar);
    else if (
      held.provider === bar.provider &&
      Object.entries(numbers).some(([key, value]) => held[key as "open"] !== value)
    )
      this.wrongs.push(`two versions of ${bar.symbol} ${bar.closeTimeMs}`);
  }

  private async fetchMissing(): Promise<void> {
    if (this.isFetching) return;
    this.isFetching = true;
    const ranges = this.missing;
    this.missing = [];
    for (const range of ranges) if (!(await this.fetch(range))) this.missing.push(range);
    this.isFetching = false;
  }

  /** Whether the range is whole now; what is not is asked for again later. */
  private async fetch(range: BarRange): Promise<boolean> {
    try {
      for await (const page of this.source.fetchBars(range)) {
        for (let row = 0; row < page.length; row++) this.put(barAt(page, row, page.provider));
      }
    } catch {
      return false;
    }
    const bars = this.bars.get(range.symbol)!;
    for (let at = Math.ceil(range.fromMs / minuteMs) * minuteMs; at < range.toMs; at += minuteMs)
      if (!bars.has(at)) return false;
    return true;
  }
}

/** Rows as a table. */
export function tableOf(symbol: string, rows: readonly LiveBar[]): Bars {
  const table = new BarTable(symbol, "1m");
  for (const { closeTimeMs, open, high, low, close, volume } of rows)
    table.append(closeTimeMs, open, high, low, close, volume);
  return table;
}

function barAt(bars: Bars, row: number, provider: string): LiveBar {
  return {
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    closeTimeMs: bars.closeTimeMs[row]!,
    open: bars.open[row]!,
    high: bars.high[row]!,
    low: bars.low[row]!,
    close: bars.close[row]!,
    volume: bars.volume[row]!,
    provider,
  };
}
