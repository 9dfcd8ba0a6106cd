import type { OrderId, OrderRequest, OrderTerms } from "../../domain/order.ts";
import type { Portfolio } from "../execution/portfolio.ts";

/**
 * How far from the price of a position its stops are placed: one entry for each position, the nearer where it has a stop
 * and a trail. Where that is less than a bar spans, bars do not tell what happened.
 */
export class StopDistances {
  readonly instruments: number[] = [];
  /** As fractions of the price of the entry, or of the last close where the entry is at market or there already. */
  readonly fractions: number[] = [];
  private lastGroup = 0;

  /** Takes the orders that were sent at one instant, entries before what protects them. */
  note(orders: readonly OrderRequest[], portfolio: Portfolio): void {
    for (let k = 0; k < orders.length; k++) {
      const order = orders[k]!;
      if (!order.closePosition) continue;
      const close = portfolio.ledger.lastPrice[order.instrument]!;
      const distance = distanceOf(order.terms, entryPrice(orders, order.parentId) ?? close);
      if (distance !== null) this.add(order, distance);
    }
  }

  private add({ instrument, ocoGroup }: OrderRequest, fraction: number): void {
    const last = this.fractions.length - 1;
    if (ocoGroup !== 0 && ocoGroup === this.lastGroup)
      this.fractions[last] = Math.min(this.fractions[last]!, fraction);
    else {
      this.instruments.push(instrument);
      this.fractions.push(fraction);
    }
    this.lastGroup = ocoGroup;
  }
}

/** The price that an entry waits for; null where it does not wait, or was sent before. */
function entryPrice(orders: readonly OrderRequest[], parentId: OrderId | null): number | null {
  const terms = orders.find(({ id }) => id === parentId)?.terms;
  if (terms?.type === "limit") return terms.limitPrice;
  return terms?.type === "stop_market" || terms?.type === "stop_limit" ? terms.stopPrice : null;
}

/** Null for what is no stop. */
function distanceOf(terms: OrderTerms, price: number): number | null {
  if (terms.type === "stop_market") return Math.abs(terms.stopPrice - price) / Math.abs(price);
  if (terms.type !== "trailing_stop_market") return null;
  const { trail } = terms;
  return trail.kind === "fraction" ? trail.fraction : trail.amount / Math.abs(price);
}
