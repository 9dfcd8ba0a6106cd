import { KiwiError } from "../base/errors.ts";
import { regimeLabels } from "../domain/regime.ts";
import { fitOnce } from "../learning/hmm/fit-once.ts";
import type { HmmParams } from "../learning/hmm/hmm-params.ts";
import { BlockFilter } from "./block-filter.ts";
import { hmmFeatureNames } from "./hmm-features.ts";
import { LabelFilter } from "./label-filter.ts";
import { RecentRows } from "./recent-rows.ts";
import { anchoredLabels, hasCollapsed, prototypeModel, regimeAnchors } from "./regime-anchors.ts";

/** How a model keeps up with its market. All spans are bars. */
export type WalkForwardOptions = {
  readonly blockBars: number;
  readonly trainBarsMin: number;
  readonly refitBars: number;
  readonly windowBars: number;
  readonly anchorBlocks: number;
  readonly stickiness: number;
};

type Model = { readonly params: HmmParams; readonly filter: LabelFilter };

/** What a fit refuses because of the data: the market gave nothing to learn from, which is an answer and no fault. */
const refusals = new Set(["HMM_TOO_FEW_ROWS", "HMM_CONSTANT", "HMM_MISSING", "HMM_INFINITE"]);
const width = hmmFeatureNames.length;

/**
 * A hidden Markov model that is trained while time passes, on nothing but the rows so far, and that depends as little as
 * can be on where they begin. Every fit begins at the same prototypes, is anchored to them, and knows nothing of the fits
 * before it: two histories that share their last `windowBars` rows have the same model, and shorter ones nearly so. Fits are
 * due at whole multiples of `refitBars` since 1970 and not since the first row. States keep their names, because each
 * is anchored to what its name means; a fit in which they do not stay apart is refused.
 */
export class WalkForwardHmm {
  /** Probabilities of the labels at the last row, in the order of `regimeLabels`. */
  probabilities: Float64Array = new Float64Array(regimeLabels.length);
  /** Fits tried, and models that took over. */
  fits = 0;
  takeOvers = 0;
  private readonly options: WalkForwardOptions;
  private readonly trainBarsMin: number;
  private readonly rows: RecentRows;
  private model: Model | null = null;
  private lastMs = Number.NaN;
  private spacingMs = Infinity;

  constructor(options: WalkForwardOptions) {
    const { windowBars, trainBarsMin } = options;
    this.options = options;
    this.trainBarsMin = Math.min(trainBarsMin, windowBars);
    this.rows = new RecentRows(windowBars, width);
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

  /** Takes the features of the next bar, its log return and when it closed. */
  add(row: Float64Array, logReturn: number, timeMs: number): void {
    this.rows.add(row, logReturn);
    if (this.model !== null) this.probabilities = this.model.filter.step(row);
    const isDue = this.isDue(timeMs);
    if (this.rows.length >= this.trainBarsMin && (isDue || this.fits === 0)) this.refit();
  }

  /** The least time between two bars is their timeframe: a market that closes at night has the same grid. */
  private isDue(timeMs: number): boolean {
    const before = this.lastMs;
    this.lastMs = timeMs;
    if (!(timeMs > before)) return false;
    this.spacingMs = Math.min(this.spacingMs, timeMs - before);
    const period = this.options.refitBars * this.spacingMs;
    return Math.floor(timeMs / period) !== Math.floor(before / period);
  }

  /** Fits a model and lets it live through all rows that are remembered. */
  private refit(): void {
    this.fits += 1;
    const params = this.fit();
    if (params === null || hasCollapsed(params)) return;
    const { values, length } = this.rows;
    const filter = new BlockFilter(params, this.options.blockBars);
    let posterior = params.initial;
    for (let row = 0; row < length; row++)
      posterior = filter.step(values.subarray(row * width, (row + 1) * width));
    const named = new LabelFilter(params, anchoredLabels, this.options.blockBars, filter);
    this.model = { params, filter: named };
    this.takeOvers += 1;
    this.probabilities = named.show(posterior);
  }

  /** The model of the blocks that end with the last row; null where there is nothing to learn from. */
  private fit(): HmmParams | null {
    const { anchorBlocks, stickiness } = this.options;
    const { blocks, length } = this.blocks();
    const median = medianLevel(blocks);
    if (median === null) return null;
    try {
      return fitOnce(blocks, length, {
        states: anchoredLabels.length,
        features: width,
        covariance: "full",
        tolerance: 0.01,
        seed: 1,
        restarts: 1,
        iterationsMax: 80,
        stickiness,
        anchors: regimeAnchors(median, anchorBlocks),
        warmStart: prototypeModel(median),
      });
    } catch (error) {
      if (error instanceof KiwiError && refusals.has(error.parts.code)) return null;
      throw error;
    }
  }

  /** Every block of its own, so that no bar counts twice; a training looks at whole blocks only. */
  private blocks(): { readonly blocks: Float64Array; readonly length: number } {
    const { blockBars } = this.options;
    const { values, length: rows } = this.rows;
    const length = Math.floor(rows / blockBars);
    const blocks = new Float64Array(length * width);
    for (let block = 0; block < length; block++) {
      const row = rows - 1 - (length - 1 - block) * blockBars;
      blocks.set(values.subarray(row * width, (row + 1) * width), block * width);
    }
    return { blocks, length };
  }
}

/** The log volatility that half of the blocks do not exceed. */
function medianLevel(blocks: Float64Array): number | null {
  const levels = blocks.filter((value, k) => k % width === 1 && Number.isFinite(value)).sort();
  return levels.length === 0 ? null : levels[levels.length >> 1]!;
}
