import { TakenBatch, type LiveBatch } from "../../src/data/live/live-batch.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import type { MarketSlice } from "../../src/domain/slice.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { RobotFeed } from "../../src/robot/robot-types.ts";

/** The bars of a tape as they are told, whatever the clock says; a slice without bars when woken, between two of them. */
export class WireFeed implements RobotFeed {
  readonly bars: readonly BarTable[];
  private readonly tape: BarTable;
  private readonly clock: Clock;
  private readonly slice: { -readonly [K in keyof MarketSlice]: MarketSlice[K] } = {
    timeMs: 0,
    count: 0,
    instruments: new Int32Array(1),
    rows: new Int32Array(1),
  };
  private arrivedRow = -1;
  private barAtMs = 0;
  private isWoken = false;
  private isClosed = false;
  private stir: () => void = () => {};

  constructor(tape: BarTable, clock: Clock) {
    this.tape = tape;
    this.clock = clock;
    this.bars = [new BarTable(tape.symbol, tape.timeframe)];
  }

  /** Bars up to this row have come. */
  arrive(row: number): void {
    this.arrivedRow = Math.max(this.arrivedRow, row);
    this.stir();
  }

  wake(): void {
    this.isWoken = true;
    this.stir();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stir();
    await Promise.resolve();
  }

  async *batches(): AsyncGenerator<LiveBatch> {
    while (!this.isClosed) {
      if (this.bars[0]!.length <= this.arrivedRow || this.isWoken)
        yield new TakenBatch(this.slice, -Infinity, () => this.take());
      else
        await new Promise<void>((resolve) => {
          this.stir = resolve;
        });
    }
  }

  private take(): boolean {
    const { slice, tape, bars, clock } = this;
    const table = bars[0]!;
    const row = table.length;
    if (row > this.arrivedRow) {
      if (!this.isWoken) return false;
      this.isWoken = false;
      // Time goes on between two bars, and never past the one that is awaited.
      const sinceMs = clock.nowMs() - this.barAtMs;
      const lastMs = row === 0 ? 0 : tape.closeTimeMs[row - 1]!;
      const awaitedMs = row < tape.length ? tape.closeTimeMs[row]! : Infinity;
      slice.timeMs = Math.max(slice.timeMs, Math.min(lastMs + sinceMs, awaitedMs - 1));
      slice.count = 0;
      return true;
    }
    const { closeTimeMs, open, high, low, close, volume } = tape;
    table.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
    this.barAtMs = clock.nowMs();
    slice.rows[0] = row;
    slice.timeMs = closeTimeMs[row]!;
    slice.count = 1;
    return true;
  }
}
