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
  const heldTo = calibrateFrom - gap;
  const heldFrom = Math.floor(heldTo * (1 - heldShare));
  const learnTo = heldFrom - gap;
  assert(learnTo > 0, "something is left to learn from");
  return {
    learn: { from: 0, to: learnTo },
    held: { from: heldFrom, to: heldTo },
    calibrate: { from: calibrateFrom, to: calibrateTo },
  };
}

/** Rows that are needed so that every part has some. */
export function rowsNeeded(purge: number, embargo: number): number {
  return 500 + 12 * (purge + embargo);
}
