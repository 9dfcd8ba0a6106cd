import type { BarSeries, Expr } from "../domain/expression.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import type { ConnectTools, Connected } from "./component.ts";

/** What the features of a model are built from. None of it holds numbers, so no feature can see the future. */
export type ModelTools = {
  readonly bars: BarSeries;
  /** A higher timeframe of the same symbol, by its last closed bar. */
  readonly tf: (timeframe: Timeframe) => BarSeries;
  /** Timeframe of `bars`. */
  readonly timeframe: Timeframe;
};

/** Rows that a model is asked about, and the rows before them. Nothing later is there. */
export type ModelRows = {
  /** One column per feature, in the order of `features`; row 0 is the first bar of the run. NaN where there is no value. */
  readonly columns: readonly Float64Array[];
  /** When each row became known, UTC milliseconds. */
  readonly closeTimeMs: Float64Array;
  /** Predictions are wanted for rows `from` to before `to`. Columns end at `to`. */
  readonly from: number;
  readonly to: number;
};

/** Mean log likelihood of outcomes above that of a coin, in nats, and how many outcomes that do not overlap it is the mean of. */
export type ModelJudgement = { readonly gain: number; readonly outcomes: number };

/**
 * Something that was learned, or a rule that takes its time. It is asked between feed and `step`, where waiting is allowed, and
 * its answers become columns, so that the engine and every strategy stay synchronous.
 */
export interface Model extends Connected {
  /** Family: `boosted`, `network`, `regime`, ...; for people. */
  readonly kind: string;
  readonly name: string;
  /** Equal fingerprints predict alike: a hash of what was learned, or of the rule. */
  readonly fingerprint: string;
  /** Close time of the last bar whose features it learned from; -Infinity where it learned nothing. */
  readonly trainedThroughMs: number;
  /** Bars that its answers, and the labels it learned from, look ahead. */
  readonly horizonBars: number;
  /** How it did on bars it had not seen when it was made; absent where nobody judged it. */
  readonly judgement?: ModelJudgement;
  /** Where it was trained, which are the only bars it may be asked about; absent: any. */
  readonly symbol?: string;
  readonly timeframe?: Timeframe;
  /** Names of its answers, such as `probability`. */
  readonly outputs: readonly string[];
  /** The columns that it reads, by name. */
  readonly features: (tools: ModelTools) => Readonly<Record<string, Expr>>;
  /**
   * Answers for rows `from` to before `to`: one array of `to - from` numbers per output, NaN where it has none. The answer for a
   * row must not depend on later rows, nor on how many rows are asked for at once: a backtest asks for whole ranges, a live
   * session row by row.
   */
  predict(rows: ModelRows): readonly Float64Array[] | Promise<readonly Float64Array[]>;
  /** Loads and connects; awaited before anything is asked. Absent where there is nothing to open. `close` ends it. */
  open?(tools: ConnectTools): Promise<void>;
}

/** What a model said, as far as it is known at the bar that was seen last. */
export type PredictionReader = {
  /** An answer about an instrument by name (`probability`, `low`, `horizon`, ...); NaN where there is none. */
  now(instrument: InstrumentIndex, output: string): number;
};
