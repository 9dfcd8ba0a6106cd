import { createHash, type Hash } from "node:crypto";
import type { Bars } from "../../domain/bars.ts";
import type { Ledger } from "../../domain/ledger.ts";
import { bytesOf } from "../../base/hash.ts";
import { EventTable } from "./event-table.ts";

const chunkSlices = 65_536;

/**
 * What a run decided, as numbers in typed columns: time and equity of every slice, and an event for everything that
 * happened. A SHA-256 chained over chunks of them is the identity of the run: two runs that decided alike have the
 * same hash, wherever and however they ran.
 */
export class DecisionLog {
  /** Rows beyond `length` mean nothing. */
  timeMs: Float64Array;
  equity: Float64Array;
  length = 0;
  readonly events = new EventTable();
  /** How many slices ended with a position open. */
  exposedSlices = 0;
  /** How many events there were at the end of every whole chunk. */
  private readonly chunkEvents: number[] = [];
  private chain = "";
  private hashedChunks = 0;
  private hashedEvents = 0;
  /** Of the chunk that is not whole yet, with its events up to `hashedEvents`: who asks at every bar must not pay for all before. */
  private running: Hash | null = null;
  private readonly expectedTimeMs: Float64Array | null;
  private ownTimeMs: Float64Array | null = null;

  /** `expectedTimeMs` are the closes of the only instrument: while the slices are just those they are not written again. */
  constructor(capacity = 1024, expectedTimeMs: Float64Array | null = null) {
    this.expectedTimeMs = expectedTimeMs;
    this.timeMs = expectedTimeMs ?? new Float64Array(capacity);
    this.equity = new Float64Array(capacity);
  }

  /** Time of the last slice; NaN before the first. */
  get lastTimeMs(): number {
    return this.length === 0 ? Number.NaN : this.timeMs[this.length - 1]!;
  }

  /** Forgets everything and keeps the room. */
  reset(): void {
    this.length = 0;
    if (this.expectedTimeMs !== null) this.timeMs = this.expectedTimeMs;
    this.exposedSlices = 0;
    this.chunkEvents.length = 0;
    this.chain = "";
    this.hashedChunks = 0;
    this.hashedEvents = 0;
    this.running = null;
    this.events.reset();
  }

  /** Ends a slice. Events recorded since the last call belong to it. */
  record(timeMs: number, equity: number, isExposed: boolean): void {
    const row = this.length;
    if (row === this.equity.length) this.grow();
    if (this.timeMs[row] !== timeMs) {
      this.ownTimes();
      this.timeMs[row] = timeMs;
    }
    this.equity[row] = equity;
    if (isExposed) this.exposedSlices += 1;
    this.length = row + 1;
    if (this.length % chunkSlices === 0) this.chunkEvents.push(this.events.length);
  }

  /** Ends the slices of rows `from` to `to - 1` of the only instrument: the holdings stay, the prices move. */
  recordQuiet(bars: Bars, from: number, to: number, ledger: Ledger): void {
    for (let row = from; row < to;) {
      const room = chunkSlices - (this.length % chunkSlices);
      const end = Math.min(to, row + room);
      while (this.length + end - row > this.equity.length) this.grow();
      const { closeTimeMs } = bars;
      if (row !== this.length || closeTimeMs !== this.timeMs) {
        this.ownTimes();
        const { timeMs, length } = this;
        for (let k = row; k < end; k++) timeMs[length + k - row] = closeTimeMs[k]!;
      }
      ledger.equityPath(bars.close, row, end, this.equity, this.length);
      if (ledger.held.length > 0) this.exposedSlices += end - row;
      this.length += end - row;
      if (end - row === room) this.chunkEvents.push(this.events.length);
      row = end;
    }
  }

  /**
   * The hash over everything recorded so far. Chunk borders are fixed, so asking early changes nothing later; a run that is
   * never asked, one of thousands in a search, never pays for it.
   */
  hash(): string {
    while (this.hashedChunks < this.chunkEvents.length) {
      this.chain = this.chunkHash(
        this.chunkEvents[this.hashedChunks]!,
        (this.hashedChunks + 1) * chunkSlices,
      );
      this.hashedChunks += 1;
      this.running = null;
    }
    const isWhole = this.length === this.hashedChunks * chunkSlices;
    return isWhole ? this.chain : this.chunkHash(this.events.length, this.length);
  }

  /** The chain with the open chunk, whose events and slices end before these. */
  private chunkHash(eventsEnd: number, end: number): string {
    this.running ??= createHash("sha256").update(this.chain);
    // Between two events equity follows from the prices alone, so a chunk's events and its last slice say it all.
    this.events.hashInto(this.running, this.hashedEvents, eventsEnd);
    this.hashedEvents = eventsEnd;
    const hash = this.running.copy();
    hash.update(this.events.hashedTexts());
    hash.update(bytesOf(Float64Array.of(this.timeMs[end - 1]!, this.equity[end - 1]!)));
    return hash.digest("hex");
  }

  /** From here on the times are no longer those that were expected. */
  private ownTimes(): void {
    if (this.timeMs !== this.expectedTimeMs) return;
    if (this.ownTimeMs === null || this.ownTimeMs.length < this.equity.length)
      this.ownTimeMs = new Float64Array(this.equity.length);
    this.ownTimeMs.set(this.timeMs.subarray(0, this.length));
    this.timeMs = this.ownTimeMs;
  }

  private grow(): void {
    const capacity = Math.max(1024, this.equity.length * 2);
    const grown = (values: Float64Array): Float64Array => {
      const larger = new Float64Array(capacity);
      larger.set(values.subarray(0, this.length));
      return larger;
    };
    this.equity = grown(this.equity);
    if (this.timeMs !== this.expectedTimeMs) this.timeMs = this.ownTimeMs = grown(this.timeMs);
  }
}
