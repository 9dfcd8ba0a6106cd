import type { Bars } from "../../domain/bars.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { signOf, type OrderTerms } from "../../domain/order.ts";
import type { DeskState, Work } from "./desk-state.ts";
import { tendInstrument } from "./tend-orders.ts";
import { isTarget } from "./wanted-quantity.ts";

/**
 * Looks at a bar where something waits here that has no place at the venue. A target goes before the stop while the
 * price is there, and the stop comes back when it is gone; a stop that the venue cannot trail is moved after the price.
 */
export function followPrice(state: DeskState, instrument: InstrumentIndex, bars: Bars, row: number): void {
  let isChanged = false;
  for (const work of state.openBy[instrument]!) {
    const { terms, closePosition } = work.order;
    if (isTrailedHere(state, terms)) isChanged = moveBest(work, bars, row) || isChanged;
    else if (closePosition && !state.capabilities.reduceOnly && isTarget(terms.type))
      isChanged = touch(work, bars.close[row]!) || isChanged;
  }
  if (isChanged) tendInstrument(state, instrument);
}

/** What an order waits for at the venue: a stop behind the best price where it knows no trailing stop. */
export function carriedTerms(state: DeskState, work: Work, terms: OrderTerms): OrderTerms {
  if (terms.type !== "trailing_stop_market" || !isTrailedHere(state, terms)) return terms;
  const { instrument, side } = work.order;
  if (Number.isNaN(work.trailBest)) work.trailBest = bestAtFirst(state, work, instrument);
  const { trail } = terms;
  const distance = trail.kind === "amount" ? trail.amount : trail.fraction * work.trailBest;
  return { type: "stop_market", stopPrice: work.trailBest + signOf(side) * distance };
}

function isTrailedHere({ capabilities }: DeskState, { type }: OrderTerms): boolean {
  return type === "trailing_stop_market" && !capabilities.orderTypes.includes(type);
}

/** The price that its position was opened at, or where the market stands. */
function bestAtFirst(state: DeskState, { order }: Work, instrument: InstrumentIndex): number {
  const parent = order.parentId === null ? undefined : state.works.get(order.parentId);
  const fill = parent?.tickets.at(-1)?.fills.at(-1);
  const { close, length } = state.market.bars[instrument]!;
  return fill?.price ?? (length === 0 ? Number.NaN : close[length - 1]!);
}

/** Only a stop that works is moved; what sleeps begins at its own price. */
function moveBest(work: Work, bars: Bars, row: number): boolean {
  const before = work.trailBest;
  if (Number.isNaN(before)) return false;
  work.trailBest =
    work.order.side === "sell" ? Math.max(before, bars.high[row]!) : Math.min(before, bars.low[row]!);
  return work.trailBest !== before;
}

function touch(work: Work, close: number): boolean {
  const { terms, side } = work.order;
  const level =
    "triggerPrice" in terms ? terms.triggerPrice : "limitPrice" in terms ? terms.limitPrice : Number.NaN;
  const isTouched = side === "sell" ? close >= level : close <= level;
  const isChanged = isTouched !== work.isTouched;
  work.isTouched = isTouched;
  return isChanged;
}
