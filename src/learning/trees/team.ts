import { assert } from "../../base/assert.ts";
import { KiwiError } from "../../base/errors.ts";

/** Places of the signals: who has arrived, which meeting it is, whether somebody is lost, and the next piece that is free. */
const signal = { arrived: 0, meeting: 1, lost: 2, nextPiece: 3 } as const;
/** Looks before a member sleeps: others are nearly always done within microseconds. */
const looksMax = 2_000;
/** Numbers that a member tells the others in one meeting. */
const numbersAtOnce = 2_048;

/** Memory that the members of a team tell each other in; plain data, so that it can be handed to a thread. */
export type TeamMemory = {
  readonly size: number;
  readonly signals: Int32Array;
  /** What every member tells, at this meeting and the one before: a slow reader is never overtaken. */
  readonly told: Float64Array;
};

/** Memory for a team of `size`; one alone shares nothing. */
export function teamMemory(size: number): TeamMemory {
  return {
    size,
    signals: new Int32Array(bufferFor(size, 16)),
    told: new Float64Array(bufferFor(size, size * 2 * numbersAtOnce * 8)),
  };
}

/** Memory that all members see where there are several. */
export function bufferFor(size: number, bytes: number): ArrayBuffer | SharedArrayBuffer {
  return size > 1 ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

/** Tells all members that one of them is gone: whoever waits for it stops. */
export function breakTeam({ signals }: TeamMemory): void {
  Atomics.store(signals, signal.lost, 1);
  Atomics.notify(signals, signal.meeting);
}

/**
 * One of several threads that run the same computation. Each does its share of the rows or features, and at a meeting they
 * tell each other what they found, so that all of them know the same.
 */
export class Team {
  readonly index: number;
  readonly size: number;
  private readonly memory: TeamMemory;
  private turns = 0;

  constructor(memory: TeamMemory, index: number) {
    assert(index >= 0 && index < memory.size, "every member has its number");
    this.memory = memory;
    this.index = index;
    this.size = memory.size;
  }

  /** Waits until every member is here. Throws `TEAM_BROKEN`. */
  meet(): void {
    if (this.size === 1) return;
    const { signals } = this.memory;
    const now = Atomics.load(signals, signal.meeting);
    if (Atomics.add(signals, signal.arrived, 1) === this.size - 1) {
      Atomics.store(signals, signal.arrived, 0);
      Atomics.add(signals, signal.meeting, 1);
      Atomics.notify(signals, signal.meeting);
      return;
    }
    for (let look = 0; Atomics.load(signals, signal.meeting) === now; look++) {
      if (Atomics.load(signals, signal.lost) === 1) throw broken();
      if (look > looksMax) Atomics.wait(signals, signal.meeting, now, 1_000);
    }
  }

  /** A piece of work that nobody else has, counted from 0. */
  takePiece(): number {
    return Atomics.add(this.memory.signals, signal.nextPiece, 1);
  }

  /** This member's part of `count` things in a row: from, to. */
  shareOf(count: number): readonly [number, number] {
    const edge = (member: number): number => Math.floor((count * member) / this.size);
    return [edge(this.index), edge(this.index + 1)];
  }

  /** Tells all others some numbers, as many as each of them tells. Returns what every member told, by member. */
  exchange(own: Float64Array): readonly Float64Array[] {
    if (this.size === 1) return [own];
    const all = Array.from({ length: this.size }, () => new Float64Array(own.length));
    for (let from = 0; from < own.length; from += numbersAtOnce) {
      const part = own.subarray(from, from + numbersAtOnce);
      this.roomOf(this.index).set(part);
      this.meet();
      for (const [member, told] of all.entries())
        told.set(this.roomOf(member).subarray(0, part.length), from);
      this.turn();
    }
    return all;
  }

  /** The same, added up over the members. */
  sum(own: Float64Array): Float64Array {
    const [total, ...others] = this.exchange(own);
    for (const told of others) for (let k = 0; k < told.length; k++) total![k]! += told[k]!;
    return total!;
  }

  /** The side of memory that is written before this meeting, 0 or 1: who reads the last one's reads the other. */
  get side(): number {
    return this.turns & 1;
  }

  /** What is written next goes to the other side. */
  turn(): void {
    this.turns += 1;
  }

  private roomOf(member: number): Float64Array {
    const from = (2 * member + this.side) * numbersAtOnce;
    return this.memory.told.subarray(from, from + numbersAtOnce);
  }
}

function broken(): KiwiError {
  return new KiwiError({
    code: "TEAM_BROKEN",
    exit: "data",
    message: "a thread that grew trees was lost",
    why: "another thread waited for its part, which can never come",
    fix: "run it again with --jobs 1",
    topic: "models",
  });
}
