import type { Bars } from "../../domain/bars.ts";
import type { Session } from "../../engine/session.ts";
import { joined, pairFills, sideOf, type ComparedFill } from "./compared-fills.ts";
import { explainDifference, type Explanation } from "./explain-difference.ts";

/** What really happened against what the backtest of the same bars says. */
export type Difference = {
  readonly fills: number;
  readonly shadowFills: number;
  /** Orders of each side that found their counterpart. */
  readonly matched: number;
  /** How much worse the matched ones were filled, as a share of the price: mean, and standard error of it. */
  readonly slippageMean: number;
  readonly slippageError: number;
  /** What was filled over what the backtest filled, by quantity. */
  readonly fillRatio: number;
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

/** A difference, and why there is one. Fees are shares of what was traded; NaN where nothing was. */
export type ExplainedDifference = Difference & {
  readonly feeRate: number;
  readonly shadowFeeRate: number;
  readonly explanation: Explanation;
};

/**
 * Compares a session with its shadow from `fromMs` on; `bars` are those both traded on, `slippageRate` is what the model of
 * the shadow takes.
 */
export function compareSessions(
  real: Session,
  shadow: Session,
  bars: readonly Bars[],
  fromMs: number,
  slippageRate: number,
): ExplainedDifference {
  const [ours, theirs] = [sideOf(real, bars, fromMs), sideOf(shadow, bars, fromMs)];
  const [pnl, shadowPnl] = [madeBy(real), madeBy(shadow)];
  const { ledger } = real.portfolio;
  const [fees, shadowFees] = [ledger.feesPaid, shadow.portfolio.ledger.feesPaid];
  const unitValue = (instrument: number): number => ledger.unitValue(instrument, 1);
  const lastPrice = (instrument: number): number => ledger.lastPrice[instrument]!;
  const explanation = explainDifference(ours, theirs, {
    pnl,
    shadowPnl,
    fees,
    shadowFees,
    lastPrice,
    unitValue,
  });
  const traded = (fills: readonly ComparedFill[]): number =>
    fills.reduce(
      (sum, { instrument, quantity, price }) => sum + Math.abs(quantity) * price * unitValue(instrument),
      0,
    );
  const difference = compareFills(ours.fills, theirs.fills, pnl, shadowPnl, slippageRate);
  const [feeRate, shadowFeeRate] = [fees / traded(ours.fills), shadowFees / traded(theirs.fills)];
  const drift = difference.drift ?? feeDriftOf(difference.matched, feeRate, shadowFeeRate);
  return { ...difference, drift, feeRate, shadowFeeRate, explanation };
}

/** The same on plain numbers. */
export function compareFills(
  ours: readonly ComparedFill[],
  theirs: readonly ComparedFill[],
  pnl: number,
  shadowPnl: number,
  slippageRate: number,
): Difference {
  const { pairs } = pairFills(joined(ours), joined(theirs));
  const worse = pairs.map(([own, other]) => Math.sign(own.quantity) * (own.price / other.price - 1));
  const slippageMean = mean(worse);
  const slippageError = Math.sqrt(mean(worse.map((one) => (one - slippageMean) ** 2)) / (worse.length - 1));
  const fillRatio = total(ours) / total(theirs);
  const parts = { matched: pairs.length, slippageMean, slippageError, fillRatio };
  return {
    fills: ours.length,
    shadowFills: theirs.length,
    ...parts,
    latencyMsMean: mean(ours.map(({ afterMs }) => afterMs)),
    pnl,
    shadowPnl,
    drift: driftOf(parts, theirs.length),
    refittedSlippage: Math.max(0, slippageRate + (pairs.length === 0 ? 0 : slippageMean)),
  };
}

function driftOf(
  {
    matched,
    slippageMean,
    slippageError,
    fillRatio,
  }: Pick<Difference, "matched" | "slippageMean" | "slippageError" | "fillRatio">,
  shadowFills: number,
): string | null {
  // Fills that are all worse by the same amount have no error at all, and are beyond chance for certain.
  if (matched >= matchedMin && slippageMean > Math.max(errorsMin * slippageError, 1e-6))
    return `slippage: fills are ${percent(slippageMean)} worse than the model says`;
  if (shadowFills >= matchedMin && fillRatio < fillRatioMin)
    return `fill ratio: only ${(fillRatio * 100).toFixed(0)} % of what the model fills was filled`;
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

function total(fills: readonly ComparedFill[]): number {
  return fills.reduce((sum, { quantity }) => sum + Math.abs(quantity), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
