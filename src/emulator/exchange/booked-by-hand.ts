import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Fill, OrderId } from "../../domain/order.ts";
import type { ExchangeFill, ExchangeOrder, Listing } from "./exchange-types.ts";

/** Something that the books take in without an order: what was held before, or what is taken back. */
export function bookedByHand(
  instrument: InstrumentIndex,
  quantity: number,
  price: number,
  fee: number,
  timeMs: number,
): Fill {
  return {
    fillId: 0,
    orderId: 0 as OrderId,
    instrument,
    side: quantity > 0 ? "buy" : "sell",
    quantity: Math.abs(quantity),
    cumulativeQuantity: 0,
    price,
    fee,
    slippageCost: 0,
    liquidity: "taker",
    timeMs,
  };
}

/** What undoes a fill. */
export function bustOf(
  { side, quantity, price, fee }: ExchangeFill,
  instrument: InstrumentIndex,
  timeMs: number,
): Fill {
  return bookedByHand(instrument, side === "buy" ? -quantity : quantity, price, -fee, timeMs);
}

/** A fill of the venue in the words of the exchange. */
export function fillRecord(
  fill: Fill,
  order: ExchangeOrder,
  { symbol, quoteCurrency }: Listing,
): Omit<ExchangeFill, "fillId" | "sequence" | "positionAfter"> {
  return {
    venueOrderId: order.venueOrderId,
    clientOrderId: order.clientOrderId,
    symbol,
    leg: order.leg,
    side: fill.side,
    quantity: fill.quantity,
    price: fill.price,
    fee: fill.fee,
    feeCurrency: fill.feeCurrency ?? quoteCurrency,
    liquidity: fill.liquidity,
    timeMs: fill.timeMs,
  };
}
