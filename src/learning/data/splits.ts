import { assert } from "../../base/assert.ts";

/** Rows `from` to before `to`. */
export type Span = { readonly from: number; readonly to: number };

/** One turn of a walk forward: what is learned from, what stops the learning, what recalibrates it, and what it is judged on. */
export type Fold = {
  readonly learn: Span;
  readonly held: Span;
  readonly calibrate: Span;
  readonly test: Span;
};

export type WalkOptions = {
  /** How many turns; the tests of all follow one another without a gap in what they cover. */
  readonly folds: number;
  /** Share of all rows that are tested on, the newest ones. */
  readonly testShare: number;
  /** Shares of the rows before a test that stop learning and that recalibrate. */
  readonly heldShare: number;
  readonly calibrateShare: number;
  /** Rows that a label looks ahead: so many are left out before every later part. */
  readonly purge: number;
  /** Rows left out besides, because what is close in time is alike. */
  readonly embargo: number;
};

/** What is usual: a third of the rows is tested on, a tenth each of what is before stops learning and recalibrates. */
export const walkDefaults = { folds: 4, testShare: 1 / 3, heldShare: 0.1, calibrateShare: 0.2 } as const;

/** Cuts rows in time order: every part knows only what lay before it, with labels that ended before it began. */
export function walkForward(rows: number, options: WalkOptions): readonly Fold[] {
  const { folds, testShare } = options;
  const first = Math.floor(rows * (1 - testShare));
  return Array.from({ length: folds }, (_, fold) => {
    const from = first + Math.floor(((rows - first) * fold) / folds);
    const to = first + Math.floor(((rows - first) * (fold + 1)) / folds);
    return { ...partsBefore(from, options), test: { from, to } };
  });
}

/** The parts that a model is made of when everything before row `end` may be used. */
export function partsBefore(
  end: number,
  { heldShare, calibrateShare, purge, embargo }: Omit<WalkOptions, "folds" | "testShare">,
): Omit<Fold, "test"> {
  const gap = purge + embargo;
  const calibrateTo = end - gap;
  const calibrateFrom = Math.floor(calibrateTo * (1 - calibrateShare));
  return {
    ...learnedBefore(calibrateFrom - gap, heldShare, gap),
    calibrate: { from: calibrateFrom, to: calibrateTo },
  };
}

/** Everything before row `end`: what is learned from and, a gap behind it, what stops the learning. */
function learnedBefore(end: number, heldShare: number, gap: number): Pick<Fold, "learn" | "held"> {
  const from = Math.floor(end * (1 - heldShare));
  assert(from - gap > 0, "something is left to learn from");
  return { learn: { from: 0, to: from - gap }, held: { from, to: end } };
}

/** A turn within the rows that a model is made of: what an earlier one learns from, and the rows behind it that it answers for. */
export type CrossTurn = { readonly learn: Span; readonly answered: Span };

const crossTurns = 3;
/** Of all rows; they are learned from in the end, so that they cost nothing. */
const crossHeldShare = 0.2;

/**
 * Walks forward within the rows of `parts`, so that the newer half is answered by models that knew only what lay before, with the
 * gaps that stand between the parts. `whole` is what the model itself learns from and is stopped by: all of the rows.
 */
export function crossTurnsOf({ learn, held, calibrate }: Omit<Fold, "test">): {
  readonly turns: readonly CrossTurn[];
  readonly whole: Pick<Fold, "learn" | "held">;
} {
  const gap = held.from - learn.to;
  const { to } = calibrate;
  const first = to >> 1;
  const edge = (turn: number): number => first + Math.floor(((to - first) * turn) / crossTurns);
  return {
    turns: Array.from({ length: crossTurns }, (_, turn) => ({
      learn: { from: 0, to: edge(turn) - gap },
      answered: { from: edge(turn), to: edge(turn + 1) },
    })),
    whole: learnedBefore(to, crossHeldShare, gap),
  };
}

/** Rows that are needed so that every part has some. */
export function rowsNeeded(purge: number, embargo: number): number {
  return 500 + 12 * (purge + embargo);
}
