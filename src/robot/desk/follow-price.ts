import type { Bars } from "../../domain/bars.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { DeskState, Work } from "./desk-state.ts";
import { isTrailedHere } from "./carried-terms.ts";
import { tendInstrument } from "./tend-orders.ts";
import { isTarget } from "./wanted-quantity.ts";

/**
 * Looks at a bar where something waits here that has no place at the venue. An exit with a better price goes before the stop while the
 * price is there, and the stop comes back when it is gone; a stop that the venue cannot trail is moved after the price.
 * On a bar that came too late nothing goes, but the stop comes back: that a price is there must be known, not remembered.
 */
export function followPrice(
  state: DeskState,
  instrument: InstrumentIndex,
  bars: Bars,
  row: number,
  isStale: boolean,
): void {
  let isChanged = false;
  for (const work of state.openBy[instrument]!) {
    const { terms, closePosition, reduceOnly } = work.order;
    const isExit = closePosition || reduceOnly;
    if (isTrailedHere(state, terms)) isChanged = (!isStale && moveBest(work, bars, row)) || isChanged;
    else if (isExit && !state.capabilities.reduceOnly && isTarget(terms.type))
      isChanged = touch(work, bars.close[row]!, isStale) || isChanged;
  }
  if (isChanged) tendInstrument(state, instrument);
}

/** Only a stop that works is moved; what sleeps begins at its own price. */
function moveBest(work: Work, bars: Bars, row: number): boolean {
  const before = work.trailBest;
  if (Number.isNaN(before)) return false;
  work.trailBest =
    work.order.side === "sell" ? Math.max(before, bars.high[row]!) : Math.min(before, bars.low[row]!);
  return work.trailBest !== before;
}

/** An exit that gets another price has that price there or not: it does not keep the stop away for the one it had. */
export function forgetTouch({ market }: DeskState, work: Work): void {
  const { close, length } = market.bars[work.order.instrument]!;
  if (work.isTouched) touch(work, length === 0 ? Number.NaN : close[length - 1]!, false);
}

function touch(work: Work, close: number, isStale: boolean): boolean {
  const { terms, side } = work.change ?? work.order;
  const level =
    "triggerPrice" in terms ? terms.triggerPrice : "limitPrice" in terms ? terms.limitPrice : Number.NaN;
  const isTouched = !isStale && (side === "sell" ? close >= level : close <= level);
  const isChanged = isTouched !== work.isTouched;
  work.isTouched = isTouched;
  return isChanged;
}
