import type { InstrumentIndex } from "../../domain/instrument.ts";
import { signOf, type OrderTerms } from "../../domain/order.ts";
import type { DeskState, Work } from "./desk-state.ts";

/** What an order waits for at the venue: a stop behind the best price where it knows no trailing stop. */
export function carriedTerms(state: DeskState, work: Work, terms: OrderTerms): OrderTerms {
  if (terms.type !== "trailing_stop_market" || !isTrailedHere(state, terms)) return terms;
  const { instrument, side } = work.order;
  if (Number.isNaN(work.trailBest)) work.trailBest = bestAtFirst(state, work, instrument);
  const { trail } = terms;
  const distance = trail.kind === "amount" ? trail.amount : trail.fraction * work.trailBest;
  return { type: "stop_market", stopPrice: work.trailBest + signOf(side) * distance };
}

/** Whether a stop has to be moved from here, for the venue cannot. */
export function isTrailedHere({ capabilities }: DeskState, { type }: OrderTerms): boolean {
  return type === "trailing_stop_market" && !capabilities.orderTypes.includes(type);
}

/** The price that its position was opened at, or where the market stands, or the best of the stop whose place it takes. */
function bestAtFirst(state: DeskState, { order }: Work, instrument: InstrumentIndex): number {
  const parent = order.parentId === null ? undefined : state.works.get(order.parentId);
  const fill = parent?.tickets.at(-1)?.fills.at(-1);
  if (fill !== undefined) return fill.price;
  const { close, length } = state.market.bars[instrument]!;
  const sign = signOf(order.side);
  let best = length === 0 ? Number.NaN : close[length - 1]!;
  if (!order.closePosition) return best;
  for (const { order: other, trailBest } of state.openBy[instrument]!)
    if (other.closePosition && other.side === order.side && !Number.isNaN(trailBest))
      best = sign * Math.min(sign * best, sign * trailBest);
  return best;
}
