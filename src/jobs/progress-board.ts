/** Slots of the board: heartbeats, time of the bar that the strategy is looking at, work done, work in all, watched. */
const slot = { beats: 0, barTimeMs: 1, done: 2, total: 3, isWatched: 4 } as const;

/** Bytes that a board takes. */
export const boardBytes = 8 * 5;

/**
 * How far a job is, in memory that two threads share: the job writes while it computes, without ever pausing, and
 * whoever waits for it reads when it likes.
 */
export class ProgressBoard {
  readonly memory: SharedArrayBuffer;
  private readonly slots: Float64Array;

  constructor(memory = new SharedArrayBuffer(boardBytes)) {
    this.memory = memory;
    this.slots = new Float64Array(memory);
  }

  /** The strategy is about to be asked about a bar, and may hang. Called for every bar: it must cost nothing. */
  readonly asked = (timeMs: number): void => {
    this.slots[slot.barTimeMs] = timeMs;
    this.slots[slot.beats]! += 1;
    this.slots[slot.isWatched] = 1;
  };

  /** The strategy has answered. What takes time from here on is our own computing, which never hangs. */
  readonly answered = (): void => {
    this.slots[slot.isWatched] = 0;
  };

  /** Says how much of the present stage is done. */
  report(done: number, total: number): void {
    this.slots[slot.done] = done;
    this.slots[slot.total] = total;
    this.slots[slot.beats]! += 1;
  }

  /** From now on a person's code runs outside of any bar, and may hang; or it does no longer. */
  watch(isWatched: boolean): void {
    this.slots[slot.barTimeMs] = Number.NaN;
    this.slots[slot.beats]! += 1;
    this.slots[slot.isWatched] = isWatched ? 1 : 0;
  }

  /** Takes over what another board says: `bytes` are the memory of it. */
  copyFrom(bytes: Uint8Array): void {
    new Uint8Array(this.memory).set(bytes);
  }

  get beats(): number {
    return this.slots[slot.beats]!;
  }
  /** NaN before the first bar. */
  get barTimeMs(): number {
    return this.slots[slot.barTimeMs]!;
  }
  get done(): number {
    return this.slots[slot.done]!;
  }
  get total(): number {
    return this.slots[slot.total]!;
  }
  get isWatched(): boolean {
    return this.slots[slot.isWatched] === 1;
  }
}
