import { roundToStep } from "../../base/numbers.ts";
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
  { side, quantity, price, fee, feeCurrency }: ExchangeFill,
  { baseCurrency }: Listing,
  instrument: InstrumentIndex,
  timeMs: number,
): Fill {
  // What was kept was worth as much as the money that is given back.
  if (feeCurrency === baseCurrency)
    return bookedByHand(instrument, fee - quantity, price, -fee * price, timeMs);
  return bookedByHand(instrument, side === "buy" ? -quantity : quantity, price, -fee, timeMs);
}

/** Venues count coins to eight places. */
const coinStep = 1e-8;

/** How much of a purchase goes for its fee; 0 where that is money. */
export function keptOfPurchase({ side, fee, price }: Fill, { keepsFeeOfPurchase }: Listing): number {
  if (!keepsFeeOfPurchase || side !== "buy" || !(fee > 0)) return 0;
  // Told and booked alike: a holder who reckons with what was told must be able to sell all of it.
  return roundToStep(fee / price, coinStep);
}

/** A fill of the venue in the words of the exchange; `kept` of what was bought went for its fee. */
export function fillRecord(
  fill: Fill,
  order: ExchangeOrder,
  { symbol, baseCurrency, quoteCurrency }: Listing,
  kept: number,
): Omit<ExchangeFill, "fillId" | "sequence" | "positionAfter"> {
  return {
    venueOrderId: order.venueOrderId,
    clientOrderId: order.clientOrderId,
    symbol,
    leg: order.leg,
    side: fill.side,
    quantity: fill.quantity,
    price: fill.price,
    fee: kept > 0 ? kept : fill.fee,
    feeCurrency: kept > 0 ? baseCurrency : (fill.feeCurrency ?? quoteCurrency),
    liquidity: fill.liquidity,
    timeMs: fill.timeMs,
  };
}
