import type { Session } from "../engine/session.ts";

/** An execution as a comparison sees it; the quantity is signed. */
export type ComparedFill = {
  readonly instrument: number;
  readonly timeMs: number;
  readonly quantity: number;
  readonly price: number;
  /** How long after its order. */
  readonly afterMs: number;
};

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
  /** What of the difference of the profits the prices of the matched fills explain, and the rest. */
  readonly pnlBySlippage: number;
  readonly pnlByOther: number;
  /** Which part of the model no longer fits, in words; null while it does. */
  readonly drift: string | null;
  /** The slippage rate with which the backtest would have filled alike: that of the model and what came on top. */
  readonly refittedSlippage: number;
};

/** From how many matched fills on anything is said, and how far beyond chance. */
const matchedMin = 8;
const errorsMin = 3;
/** Fills of one decision lie within this time of each other. */
const matchMsMax = 10 * 60_000;
const fillRatioMin = 0.9;

/** Compares a session with its shadow from `fromMs` on; `slippageRate` is what the model of the shadow takes. */
export function compareSessions(
  real: Session,
  shadow: Session,
  fromMs: number,
  slippageRate: number,
): Difference {
  const ours = fillsOf(real, fromMs);
  const theirs = fillsOf(shadow, fromMs);
  const pnl = madeBy(real);
  return compareFills(ours, theirs, pnl, madeBy(shadow), slippageRate);
}

/** The same on plain numbers. */
export function compareFills(
  ours: readonly ComparedFill[],
  theirs: readonly ComparedFill[],
  pnl: number,
  shadowPnl: number,
  slippageRate: number,
): Difference {
  const pairs = matchFills(joined(ours), joined(theirs));
  const worse = pairs.map(([own, other]) => Math.sign(own.quantity) * (own.price / other.price - 1));
  const slippageMean = mean(worse);
  const slippageError = Math.sqrt(mean(worse.map((one) => (one - slippageMean) ** 2)) / (worse.length - 1));
  const pnlBySlippage = -pairs.reduce(
    (sum, [own, other]) => sum + own.quantity * (own.price - other.price),
    0,
  );
  const fillRatio = total(ours) / total(theirs);
  const parts = { matched: pairs.length, slippageMean, slippageError, fillRatio };
  return {
    fills: ours.length,
    shadowFills: theirs.length,
    ...parts,
    latencyMsMean: mean(ours.map(({ afterMs }) => afterMs)),
    pnl,
    shadowPnl,
    pnlBySlippage,
    pnlByOther: pnl - shadowPnl - pnlBySlippage,
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
    return `slippage: fills are ${(slippageMean * 100).toFixed(3)} % worse than the model says`;
  if (shadowFills >= matchedMin && fillRatio < fillRatioMin)
    return `fill ratio: only ${(fillRatio * 100).toFixed(0)} % of what the model fills was filled`;
  return null;
}

/** Parts of one order, filled one after the other, are one fill at their mean price. */
function joined(fills: readonly ComparedFill[]): readonly ComparedFill[] {
  const result: ComparedFill[] = [];
  for (const fill of fills) {
    const last = result.findLast(({ instrument }) => instrument === fill.instrument);
    const isPart =
      last !== undefined &&
      Math.sign(last.quantity) === Math.sign(fill.quantity) &&
      fill.timeMs - last.timeMs < 1_000;
    if (!isPart) {
      result.push(fill);
      continue;
    }
    const quantity = last.quantity + fill.quantity;
    const price = (last.price * last.quantity + fill.price * fill.quantity) / quantity;
    result[result.indexOf(last)] = { ...last, quantity, price };
  }
  return result;
}

/** Each of ours with the first one left of the other side that has its symbol and direction and is near in time. */
function matchFills(
  ours: readonly ComparedFill[],
  theirs: readonly ComparedFill[],
): readonly (readonly [ComparedFill, ComparedFill])[] {
  const left = [...theirs];
  return ours.flatMap((own): readonly (readonly [ComparedFill, ComparedFill])[] => {
    const at = left.findIndex(
      (other) =>
        other.instrument === own.instrument &&
        Math.sign(other.quantity) === Math.sign(own.quantity) &&
        Math.abs(other.timeMs - own.timeMs) <= matchMsMax,
    );
    return at < 0 ? [] : [[own, left.splice(at, 1)[0]!]];
  });
}

function fillsOf({ recorder }: Session, fromMs: number): readonly ComparedFill[] {
  const { events } = recorder.log;
  const fills: ComparedFill[] = [];
  const orderedMs = new Map<number, number>();
  for (let row = 0; row < events.length; row++) {
    const { kind, timeMs, instrument, first, second } = events.at(row);
    if (kind === "order") orderedMs.set(instrument, timeMs);
    if (kind !== "fill" || timeMs < fromMs) continue;
    const afterMs = timeMs - (orderedMs.get(instrument) ?? timeMs);
    fills.push({ instrument, timeMs, quantity: first, price: second, afterMs });
  }
  return fills;
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
