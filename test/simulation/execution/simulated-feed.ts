import { BarTable } from "../../../src/domain/bar-table.ts";
import type { MarketSlice } from "../../../src/domain/slice.ts";
import { TakenBatch, type LiveBatch } from "../../../src/data/live/live-batch.ts";
import type { RobotFeed } from "../../../src/robot/robot-types.ts";
import { sliceMs } from "./small-market.ts";
import type { Process, VirtualWorld } from "./virtual-world.ts";

/** Slices older than this when they are handed over are history. */
const freshMs = sliceMs / 2;

type OpenSlice = { -readonly [K in keyof MarketSlice]: MarketSlice[K] };

/** The live feed of one process: bars that have closed, one instant after the other, and a slice without bars when woken. */
export class SimulatedFeed implements RobotFeed {
  readonly bars: readonly BarTable[];
  private readonly tape: readonly BarTable[];
  private readonly world: VirtualWorld;
  private readonly process: Process;
  private readonly slice: OpenSlice;
  /** The newest row that has come to this process; rows up to there may be handed over. */
  private arrivedRow = -1;
  /** Slices handed over so far. */
  taken = 0;
  private isWoken = false;
  private isClosed = false;
  private stir: () => void = () => {};

  constructor(tape: readonly BarTable[], world: VirtualWorld, process: Process) {
    this.tape = tape;
    this.world = world;
    this.process = process;
    this.bars = tape.map(({ symbol, timeframe }) => new BarTable(symbol, timeframe));
    this.slice = {
      timeMs: 0,
      count: 0,
      instruments: new Int32Array(tape.length),
      rows: new Int32Array(tape.length),
    };
  }

  /** Bars up to this row of the tape have come. */
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
        yield new TakenBatch(this.slice, this.nowMs - freshMs, () => this.take());
      else
        await new Promise<void>((resolve) => {
          this.stir = resolve;
        });
    }
  }

  private get nowMs(): number {
    return this.world.nowMs + this.process.clockAheadMs;
  }

  private take(): boolean {
    const { slice, tape, bars } = this;
    const row = bars[0]!.length;
    this.taken += 1;
    if (row > this.arrivedRow) {
      if (!this.isWoken) return false;
      this.isWoken = false;
      // Time without a bar never gets past the bar that is awaited.
      const [{ closeTimeMs, length }] = tape as readonly [BarTable];
      const awaitedMs = row < length ? closeTimeMs[row]! : Infinity;
      slice.timeMs = Math.max(slice.timeMs, Math.min(this.nowMs, awaitedMs - 1));
      slice.count = 0;
      return true;
    }
    for (const [index, table] of tape.entries()) {
      bars[index]!.append(
        table.closeTimeMs[row]!,
        table.open[row]!,
        table.high[row]!,
        table.low[row]!,
        table.close[row]!,
        table.volume[row]!,
      );
      slice.instruments[index] = index;
      slice.rows[index] = row;
    }
    slice.timeMs = tape[0]!.closeTimeMs[row]!;
    slice.count = tape.length;
    return true;
  }
}
