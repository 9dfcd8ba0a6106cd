import type { Session } from "../../../src/engine/session.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** What the order path promises, by the number in the plan of tests. */
export const promises = {
  1: "money is what fills and fees make it",
  2: "a position is the sum of its fills",
  3: "a fill is booked once",
  4: "what is filled only grows, and not beyond the order",
  5: "orders move along the legal states only",
  6: "an order is in the journal and on the disk before it is sent",
  7: "an order has one name for ever, and a name one order",
  8: "a decision has at most one live entry",
  9: "position and open orders together stay within what is wanted, unknown ones in full",
  10: "what only reduces never enlarges",
  11: "a position is protected soon after a fill, or closed",
  12: "halted means that nothing is sent",
  13: "nothing new on old bars, without the lock, on a bad disk, or while recovering",
  14: "orders in any span stay within the cap",
  15: "prices are near the market when they are sent",
  16: "bars come in their order, each once",
  17: "a strategy sees no bar before it has closed",
  18: "the journal lived through again is the session",
  19: "recovering twice is recovering once",
  20: "after the faults, robot and venue agree",
  23: "nothing is timed into the past, no timer is left behind",
  24: "no number is not a number",
  25: "a kill switch is done when nothing of before works, and nothing is held where it flattens",
  26: "what an earlier session has left at the venue opens nothing",
} as const;
export type Promised = keyof typeof promises;

/** A promise that was not kept. */
export type Broken = { readonly promise: Promised; readonly atMs: number; readonly what: string };

/** Broken promises of one seed; the first few tell the story, and what follows from them is left out. */
export class BrokenPromises {
  readonly list: Broken[] = [];
  private readonly world: VirtualWorld;

  constructor(world: VirtualWorld) {
    this.world = world;
  }

  get nowMs(): number {
    return this.world.nowMs;
  }

  say(promise: Promised, what: string): void {
    if (this.list.length < 8) this.list.push({ promise, atMs: this.world.nowMs, what });
  }
}

/** One life of a robot as it is looked at from outside. */
export type Life = {
  readonly name: string;
  /** Null until it is built. */
  session: Session | null;
  /** Whether the account is its own. */
  readonly isHeld: () => boolean;
  /** Whether it has recovered and may trade. */
  readonly isRunning: () => boolean;
  /** Whether it hears from the venue. */
  readonly isHearing: () => boolean;
  /** Close of the newest bar that it was shown. */
  newestBarMs: number;
};
