import { signOf } from "../../../src/domain/order.ts";
import { sessionOf } from "../../../src/robot/client-order-id.ts";
import type { VenueOrder } from "../../../src/ports/broker-connection.ts";
import type { ExchangeSide, Watched } from "./exchange-side.ts";
import type { VenueNews } from "./venue-side.ts";

/** What of an account at the venue belongs to one of its sessions: its orders, and what its own fills have come to. */
export class SeatView implements Watched {
  readonly tag: string;
  /** Where another session may hold the other side, an exit is an order like others. */
  readonly hasReduceOnly = false;
  private readonly venue: ExchangeSide;
  private readonly holding = new Map<string, number>();

  constructor(venue: ExchangeSide, tag: string) {
    this.venue = venue;
    this.tag = tag;
    venue.listen({
      onFill: ({ clientOrderId, symbol, side, quantity }) => {
        if (this.isOwn(clientOrderId)) this.holding.set(symbol, this.held(symbol) + signOf(side) * quantity);
      },
    });
  }

  get quantityMax(): number {
    return this.venue.quantityMax;
  }

  get overfilledMs(): number {
    return this.venue.overfilledMs;
  }

  held(symbol: string): number {
    return this.holding.get(symbol) ?? 0;
  }

  order(clientOrderId: string): VenueOrder | null {
    return this.venue.order(clientOrderId);
  }

  openOrders(): readonly VenueOrder[] {
    return this.venue.openOrders().filter(({ clientOrderId }) => this.isOwn(clientOrderId));
  }

  listen({ onOrder, onFill }: VenueNews): () => void {
    return this.venue.listen({
      onOrder: (order) => this.isOwn(order.clientOrderId) && onOrder?.(order),
      onFill: (fill) => this.isOwn(fill.clientOrderId) && onFill(fill),
    });
  }

  private isOwn(clientOrderId: string | null): boolean {
    return clientOrderId !== null && sessionOf(clientOrderId) === this.tag;
  }
}
