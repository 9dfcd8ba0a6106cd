import { KiwiError } from "../base/errors.ts";
import { regimeLabels } from "../domain/regime.ts";
import { alignStates } from "../learning/hmm/align-states.ts";
import { fitOnce } from "../learning/hmm/fit-once.ts";
import type { HmmParams } from "../learning/hmm/hmm-params.ts";
import { BlockFilter } from "./block-filter.ts";
import { hmmFeatureNames } from "./hmm-features.ts";
import { LabelFilter } from "./label-filter.ts";
import { nameStates } from "./name-states.ts";
import { RecentRows } from "./recent-rows.ts";

/** How a model keeps up with its market. All spans are bars. */
export type WalkForwardOptions = {
  readonly states: number;
  readonly blockBars: number;
  readonly trainBarsMin: number;
  readonly refitBars: number;
  readonly windowBars: number;
  readonly seed: number;
};

type Model = { readonly params: HmmParams; readonly filter: LabelFilter };

/** What a fit refuses because of the data: the market gave nothing to learn from, which is an answer and no fault. */
const refusals = new Set(["HMM_TOO_FEW_ROWS", "HMM_CONSTANT", "HMM_MISSING", "HMM_INFINITE"]);
const width = hmmFeatureNames.length;
const firstRestarts = 8;
/** The last model and this many less one new starts: a better place is found even when the last fit ended in a bad one. */
const laterRestarts = 4;

/**
 * A hidden Markov model that is trained while time passes, on nothing but the rows so far: first after `trainBarsMin`
 * rows and then every `refitBars`, on the last `windowBars`. New parameters are fitted without the last `refitBars`
 * rows, and take over only if they find these at least as likely as the present ones did when the rows came.
 * The states of a new model stand in the order of those of the old one.
 */
export class WalkForwardHmm {
  /** Probabilities of the labels at the last row, in the order of `regimeLabels`. */
  probabilities: Float64Array = new Float64Array(regimeLabels.length);
  /** Fits tried and models taken over so far. */
  fits = 0;
  takeOvers = 0;
  private readonly options: WalkForwardOptions;
  private readonly refitBars: number;
  private readonly trainBarsMin: number;
  private readonly rows: RecentRows;
  private model: Model | null = null;
  private barsUntilFit: number;
  private likelihoodBefore = 0;

  constructor(options: WalkForwardOptions) {
    const { windowBars, refitBars, trainBarsMin } = options;
    this.options = options;
    // What is held out must leave something to train on.
    this.refitBars = Math.min(refitBars, Math.ceil(windowBars / 2));
    this.trainBarsMin = Math.min(trainBarsMin, windowBars);
    this.rows = new RecentRows(windowBars, width);
    this.barsUntilFit = this.trainBarsMin;
    this.probabilities[regimeLabels.indexOf("unknown")] = 1;
  }

  /** The model in force with its names; null before the first one. */
  get filter(): LabelFilter | null {
    return this.model?.filter ?? null;
  }

  /** Parameters of the model in force; null before the first one. */
  get params(): HmmParams | null {
    return this.model?.params ?? null;
  }

  /** Takes the features of the next bar and its log return. */
  add(row: Float64Array, logReturn: number): void {
    this.rows.add(row, logReturn);
    if (this.model !== null) this.probabilities = this.model.filter.step(row);
    this.barsUntilFit -= 1;
    if (this.barsUntilFit > 0) return;
    this.barsUntilFit = this.refitBars;
    this.refit();
  }

  private refit(): void {
    const { model, rows } = this;
    const heldOut = model === null ? 0 : this.refitBars;
    const params = this.fit(rows.length - heldOut);
    this.fits += 1;
    if (params !== null) this.judge(params, heldOut);
    this.likelihoodBefore = this.model?.filter.logLikelihood ?? 0;
  }

  /** Fits the blocks that end `to` rows after the first row; null where there is nothing to learn from. */
  private fit(to: number): HmmParams | null {
    const { model } = this;
    const { states, blockBars, seed } = this.options;
    const { values } = this.rows;
    const length = Math.floor(to / blockBars);
    const blocks = new Float64Array(length * width);
    for (let block = 0; block < length; block++) {
      const row = to - 1 - (length - 1 - block) * blockBars;
      blocks.set(values.subarray(row * width, (row + 1) * width), block * width);
    }
    const common = { states, features: width, covariance: "full", tolerance: 0.01 } as const;
    // Every fit has starts of its own, so that one that ended badly is not repeated.
    const own = { ...common, seed: seed + 7_919 * this.fits };
    try {
      return model === null
        ? fitOnce(blocks, length, { ...own, restarts: firstRestarts, iterationsMax: 80 })
        : fitOnce(blocks, length, {
            ...own,
            restarts: laterRestarts,
            iterationsMax: 40,
            warmStart: model.params,
          });
    } catch (error) {
      if (error instanceof KiwiError && refusals.has(error.parts.code)) return null;
      throw error;
    }
  }

  /** Runs the new model over all rows that are remembered, and lets it take over if it is as good as the present one. */
  private judge(fitted: HmmParams, heldOut: number): void {
    const { model, rows } = this;
    const params = model === null ? fitted : alignStates(model.params, fitted);
    const { states } = params;
    const { blockBars } = this.options;
    const filter = new BlockFilter(params, blockBars);
    const { values, length } = rows;
    const posteriors = new Float64Array(length * states);
    let likelihoodTrained = 0;
    for (let row = 0; row < length; row++) {
      if (row === length - heldOut) likelihoodTrained = filter.logLikelihood;
      posteriors.set(filter.step(values.subarray(row * width, (row + 1) * width)), row * states);
    }
    if (model !== null) {
      const present = model.filter.logLikelihood - this.likelihoodBefore;
      if (!(filter.logLikelihood - likelihoodTrained >= present)) return;
    }
    const { labels } = nameStates(posteriors, rows.logReturns, states);
    const named = new LabelFilter(params, labels, blockBars, filter);
    this.model = { params, filter: named };
    this.takeOvers += 1;
    this.probabilities = named.show(posteriors.subarray((length - 1) * states));
  }
}
