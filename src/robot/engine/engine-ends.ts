/** After so many ends within the span it is not started again with its strategy, and muted not at all. */
const endsMax = 3;
const endsSpanMs = 3_600_000;
const restartMsFirst = 1_000;

/** What an end was about. */
export type EngineEnd = {
  readonly atMs: number;
  /** The step that was not answered; null where none was owed. */
  readonly step: number | null;
  /** Something is held that should have a stop at the venue and has none: only the engine can end it. */
  readonly isBare: boolean;
};

/** Counts the ends of an engine and knows how it is started again: as it was, without asking its strategy, or not. */
export class EngineEnds {
  /** The strategy is asked nothing any more, until the session is started again. */
  isMuted = false;
  private readonly atMs: number[] = [];
  private stepBefore: number | null = null;

  get isLast(): boolean {
    return this.atMs.length >= endsMax;
  }

  /** How long to wait before it is started again. */
  get waitMs(): number {
    return restartMsFirst * 2 ** Math.max(0, this.atMs.length - 1);
  }

  /**
   * Notes an end and returns what a person is told of it. A strategy that did the same on the same step again, or ended too often, or
   * whose holding cannot wait, is muted.
   */
  note({ atMs, step, isBare }: EngineEnd): string {
    const isAgain = step !== null && step === this.stepBefore;
    this.stepBefore = step;
    while (this.atMs.length > 0 && atMs - this.atMs[0]! > endsSpanMs) this.atMs.shift();
    this.atMs.push(atMs);
    const count = `${this.atMs.length} of ${endsMax} times within an hour`;
    if (!this.isMuted && (isAgain || isBare || this.isLast)) {
      this.isMuted = true;
      this.atMs.length = 0;
      const why = isBare ? "what it holds has no stop at the venue" : isAgain ? "the same bar again" : count;
      return `${why}: the engine is started again without asking the strategy`;
    }
    if (this.isLast) return `${count}: it is not started again: mend it, then stop and start the robot`;
    return `${count}: it is started again; nothing is opened meanwhile`;
  }
}
