import type { Point } from "./search-space.ts";

/** Something to try: a point, and on what share of the bars. */
export type Proposal = { readonly point: Point; readonly share: number };

/** A proposal that was tried; larger is better, `null` where it has no value or broke a requirement. */
export type Tried = Proposal & {
  readonly value: number | null;
  /** Its value in each part of the time, where the time is parted; empty where nothing came of it. */
  readonly parts: readonly (number | null)[];
};

/**
 * Proposes what to try next, one round at a time. A round depends on the seed and on all that was tried before it, in
 * the order of the proposals, and on nothing else: not on how many workers there are, nor on who was done first. An
 * empty round ends the search.
 */
export type Proposer = {
  readonly next: (tried: readonly Tried[]) => readonly Proposal[];
  /** Which of the tried were not gone on with on more bars, by their number, and why; it follows from the table alone. */
  readonly stopped?: (tried: readonly Tried[]) => ReadonlyMap<number, string>;
};

/** Trials of a round where the next ones do not depend on them. */
export const wholeRound = 256;

/** What trials are ranked by: those without a value come last, and all of them are equal. */
export function worth({ value }: Tried): number {
  return value ?? -Number.MAX_VALUE;
}
