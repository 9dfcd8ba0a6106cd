import type { Bars } from "../../domain/bars.ts";
import type { Session } from "../../engine/session.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import { hourMs } from "../../base/time.ts";
import { marketPriceAt, SideReader, type ComparedSide } from "./compared-side.ts";
import { explainDifference, type Explanation, type Valuation } from "./explain-difference.ts";
import { FillComparison } from "./fill-comparison.ts";
import { matchMsMax } from "./compared-fills.ts";
import { Halts } from "./halts.ts";
import type { Tally } from "./tally.ts";

/** What really happened against what the backtest of the same bars says. */
export type Difference = {
  readonly fills: number;
  readonly shadowFills: number;
  /** Orders of each side that found their counterpart. */
  readonly matched: number;
  /** How much worse the matched ones were filled, as a share of the price: mean, and standard error of it. */
  readonly slippageMean: number;
  readonly slippageError: number;
  /**
   * What was filled of that which both have ordered and the backtest has filled, by quantity. What was not ordered here (bars
   * came too late, trading was halted) is no matter of costs.
   */
  readonly fillRatio: number;
  /** Fills of the backtest that we could not get, for our own switch was pulled: they are in no ratio. */
  readonly waited: number;
  /** From an order to its fill, mean; in the backtest a fill is known when its bar closes. */
  readonly latencyMsMean: number;
  readonly pnl: number;
  readonly shadowPnl: number;
  /** Which part of the model no longer fits, in words; null while it does. */
  readonly drift: string | null;
  /** The slippage rate with which the backtest would have filled alike: that of the model and what came on top. */
  readonly refittedSlippage: number;
};

/** From how many matched fills on anything is said, and how far beyond chance. */
const matchedMin = 8;
const errorsMin = 3;
const fillRatioMin = 0.9;
/** What is less than a tenth of the model's slippage, or than this, costs nobody anything, however certain it is. */
const slippageShareMin = 0.1;
const slippageMin = 1e-5;
/** Fills are settled when they are so old: what a venue tells of them later has no counterpart any more. */
const settleAfterMsMin = hourMs;
/** And when their bar and some after it must have closed. */
const settleAfterBars = 4;

/** A difference, and why there is one. Fees are shares of what was traded; NaN where nothing was. */
export type ExplainedDifference = Difference & {
  readonly feeRate: number;
  readonly shadowFeeRate: number;
  readonly explanation: Explanation;
};

/** A comparison that goes on: what was looked at is not looked at again. */
export class SessionComparison {
  private readonly real: Session;
  private readonly shadow: Session;
  private readonly slippageRate: number;
  private readonly readers: readonly [SideReader, SideReader];
  private readonly fills: FillComparison;
  private readonly halts = new Halts();
  private readonly settleAfterMs: number;

  /**
   * Of a session and its shadow from `fromMs` on; `bars` are those both trade on, `slippageRate` is what the model of the
   * shadow takes.
   */
  constructor(real: Session, shadow: Session, bars: readonly Bars[], fromMs: number, slippageRate: number) {
    this.real = real;
    this.shadow = shadow;
    this.slippageRate = slippageRate;
    this.readers = [new SideReader(real, fromMs), new SideReader(shadow, fromMs)];
    const [{ side: ours }, { side: theirs }] = this.readers;
    this.fills = new FillComparison(
      ours,
      theirs,
      ({ instrument, timeMs }) => marketPriceAt(bars[instrument]!, timeMs),
      this.halts,
    );
    const barMs = bars.length === 0 ? 0 : timeframeMs(bars[0]!.timeframe);
    this.settleAfterMs = Math.max(settleAfterMsMin, settleAfterBars * barMs);
  }

  /** Hears the state of trading as it changes. */
  hearTrading(state: string, atMs: number): void {
    this.halts.hear(state, atMs);
  }

  /** How both stand now. */
  compare(): ExplainedDifference {
    const { real, shadow, fills } = this;
    for (const reader of this.readers) reader.read();
    const nowMs = Math.min(real.recorder.log.lastTimeMs, shadow.recorder.log.lastTimeMs);
    if (nowMs > 0) fills.settle(nowMs - this.settleAfterMs);
    const tally = fills.tally(nowMs - matchMsMax);
    const { ledger } = real.portfolio;
    const valuation = {
      pnl: madeBy(real),
      shadowPnl: madeBy(shadow),
      fees: ledger.feesPaid,
      shadowFees: shadow.portfolio.ledger.feesPaid,
      unitValue: (instrument: number): number => ledger.unitValue(instrument, 1),
      lastPrice: (instrument: number): number => ledger.lastPrice[instrument]!,
    };
    const explanation = explainDifference(fills, tally, valuation);
    const difference = measured(fills, tally, valuation, this.slippageRate);
    const [feeRate, shadowFeeRate] = [
      valuation.fees / tradedBy(fills.ours, valuation),
      valuation.shadowFees / tradedBy(fills.theirs, valuation),
    ];
    const drift = difference.drift ?? feeDriftOf(difference.matched, feeRate, shadowFeeRate);
    return { ...difference, drift, feeRate, shadowFeeRate, explanation };
  }
}

/** How fills differ, in figures; `slippageRate` is what the model of theirs takes. */
export function measured(
  { ours, theirs }: FillComparison,
  { matched, missed, waited, worseMean, worseError, fillRatio }: Tally,
  { pnl, shadowPnl }: Pick<Valuation, "pnl" | "shadowPnl">,
  slippageRate: number,
): Difference {
  const slippageMean = matched === 0 ? Number.NaN : worseMean;
  const parts = { matched, slippageMean, slippageError: worseError, fillRatio };
  return {
    fills: ours.fills,
    shadowFills: theirs.fills,
    ...parts,
    waited,
    latencyMsMean: ours.afterMs / ours.fills,
    pnl,
    shadowPnl,
    drift: driftOf(parts, missed, slippageRate),
    refittedSlippage: Math.max(0, slippageRate + worseMean),
  };
}

function driftOf(
  {
    matched,
    slippageMean,
    slippageError,
    fillRatio,
  }: Pick<Difference, "matched" | "slippageMean" | "slippageError" | "fillRatio">,
  missed: number,
  slippageRate: number,
): string | null {
  const worst = Math.max(errorsMin * slippageError, slippageShareMin * slippageRate, slippageMin);
  if (matched >= matchedMin && slippageMean > worst)
    return `slippage: fills are ${percent(slippageMean)} worse than the model says`;
  if (matched + missed >= matchedMin && fillRatio < fillRatioMin)
    return `fill ratio: only ${(fillRatio * 100).toFixed(0)} % of what was ordered and the model fills was filled`;
  return null;
}

/** Fees are no chance: a tenth more than the model says is another schedule. */
function feeDriftOf(matched: number, feeRate: number, shadowFeeRate: number): string | null {
  if (matched < matchedMin || !(feeRate > shadowFeeRate * 1.1 + 1e-6)) return null;
  return `fee: the venue takes ${percent(feeRate)} of what is traded, the model ${percent(shadowFeeRate)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}

/** Equity now and at the start. */
function madeBy({ portfolio, recorder }: Session): number {
  const { log } = recorder;
  return portfolio.equity - (log.length === 0 ? portfolio.equity : log.equity[0]!);
}

function tradedBy({ traded }: ComparedSide, { unitValue }: Valuation): number {
  let sum = 0;
  for (const [instrument, value] of traded) sum += value * unitValue(instrument);
  return sum;
}
