import type { RegimeLabel } from "./regime.ts";
import type { Timeframe } from "./timeframe.ts";

/** What a state was like on the bars that the model was trained on; NaN where nothing was measured. */
export type HmmStateSummary = {
  /** Mean log return of a bar. */
  readonly meanReturn: number;
  /** Standard deviation of the log return of a bar. */
  readonly volatility: number;
  /** Share of the bars, 0 to 1. */
  readonly share: number;
  /** Bars that the state lasts on average once entered; Infinity where it never ends. */
  readonly expectedDwellBars: number;
};

/** A trained hidden Markov model of regimes with everything that is needed to use it, and to know what it may be used on. Plain data. */
export type HmmArtifact = {
  readonly format: 1;
  /** What tells it from other artifacts; models of older files have none. */
  readonly kind?: "regime";
  readonly name: string;
  readonly version: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** How its rows are made of bars: each sums up `blockBars` bars (see `HmmFeatures`). */
  readonly features: {
    readonly kind: "blocks";
    readonly blockBars: number;
    readonly names: readonly string[];
  };
  /** Mean and standard deviation of each feature in training. The parameters below are in units of the rows, not of these. */
  readonly scaler: { readonly centres: readonly number[]; readonly scales: readonly number[] };
  /** As `HmmParams` of the learning room, in plain arrays, row-major; one row is one block of bars. */
  readonly params: {
    readonly states: number;
    readonly features: number;
    readonly covariance: "diagonal" | "full";
    readonly initial: readonly number[];
    readonly transition: readonly number[];
    readonly means: readonly number[];
    readonly covariances: readonly number[];
  };
  /** By state. */
  readonly labels: readonly RegimeLabel[];
  /** By state. */
  readonly summaries: readonly HmmStateSummary[];
  /** Close times of the first and the last bar of the training; the model says nothing at or before the last. */
  readonly trainedFromMs: number;
  readonly trainedThroughMs: number;
  readonly dataFingerprint: string;
  readonly seed: number;
  readonly codeVersion: string;
  readonly logLikelihood: number;
  /** How every attempt ended. */
  readonly restarts: readonly {
    readonly start: string;
    readonly logLikelihood: number;
    readonly iterations: number;
    readonly converged: boolean;
  }[];
  readonly aic: number;
  readonly bic: number;
};
