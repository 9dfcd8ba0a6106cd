import { Prng } from "../../../src/base/prng.ts";
import type { Clock } from "../../../src/ports/clock.ts";

/** A process of the world: it dies at one moment, and nothing of it happens afterwards. */
export type Process = {
  readonly name: string;
  isDead: boolean;
  /** How far its clock is from the true time. */
  clockAheadMs: number;
  /** Until then it does nothing at all: what falls into this time happens afterwards. */
  stalledUntilMs: number;
  /** Timers it has set and neither canceled nor seen fire. */
  openTimers: number;
};

/** Something that will happen, unless its owner is dead by then. */
type Event = {
  atMs: number;
  readonly tie: number;
  readonly sequence: number;
  readonly owner: Process | null;
  run: (() => void) | null;
};

/**
 * Time and chance of one seed. Events happen one after another, in the order of their times; what falls on the same
 * moment comes in an order that the seed draws, so that many seeds see many interleavings. Nothing waits for a real timer.
 */
export class VirtualWorld {
  readonly prng: Prng;
  nowMs: number;
  /** Events that have happened. */
  steps = 0;
  /** Things that were scheduled into the past, or at no time at all. */
  readonly misdated: string[] = [];
  private readonly ties: Prng;
  private readonly heap: Event[] = [];
  private lastSequence = 0;

  constructor(seed: number, startMs: number) {
    this.prng = new Prng(seed);
    this.ties = this.prng.fork("ties");
    this.nowMs = startMs;
  }

  /** A process that is alive. */
  process(name: string): Process {
    return { name, isDead: false, clockAheadMs: 0, stalledUntilMs: 0, openTimers: 0 };
  }

  /** Lets `run` happen in `spanMs`; what belongs to a process does not happen once that is dead. Returns a way to cancel. */
  after(spanMs: number, run: () => void, owner: Process | null = null): () => void {
    const event: Event = {
      atMs: this.nowMs + spanMs,
      tie: this.ties.uint32(),
      sequence: ++this.lastSequence,
      owner,
      run,
    };
    push(this.heap, event);
    return () => {
      event.run = null;
    };
  }

  /** The clock that a process reads and sets its timers by. */
  clockOf(process: Process): Clock {
    return {
      nowMs: () => this.nowMs + process.clockAheadMs,
      schedule: (spanMs, run) => {
        if (!(spanMs >= 0 && spanMs < Infinity)) this.misdated.push(`${process.name} waits ${spanMs} ms`);
        process.openTimers += 1;
        let isOpen = true;
        const end = () => {
          if (!isOpen) return;
          isOpen = false;
          process.openTimers -= 1;
        };
        const cancel = this.after(
          Math.max(0, spanMs),
          () => {
            end();
            run();
          },
          process,
        );
        return () => {
          end();
          cancel();
        };
      },
    };
  }

  /** Lets the next event happen; false when none is left before `untilMs`. Promises it has settled are not awaited here. */
  step(untilMs: number): boolean {
    for (;;) {
      const event = this.heap[0];
      if (event === undefined || event.atMs > untilMs) return false;
      pop(this.heap);
      const { run, owner, atMs } = event;
      if (run === null || owner?.isDead === true) continue;
      if (owner !== null && owner.stalledUntilMs > atMs) {
        event.atMs = owner.stalledUntilMs;
        push(this.heap, event);
        continue;
      }
      this.nowMs = atMs;
      this.steps += 1;
      run();
      return true;
    }
  }
}

/**
 * Runs worlds beside each other: each takes one step, then all promises of all of them settle in one turn of the real
 * event loop, which costs more than a step. They share nothing, so that each lives as it would alone.
 */
export async function runTogether(worlds: readonly { step(): boolean }[]): Promise<void> {
  let running = [...worlds];
  while (running.length > 0) {
    running = running.filter((world) => world.step());
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function isBefore(a: Event, b: Event): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  return a.tie === b.tie ? a.sequence < b.sequence : a.tie < b.tie;
}

function push(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(event, heap[above]!)) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = event;
}

function pop(heap: Event[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
    if (!isBefore(heap[below]!, last)) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = last;
}
