import { assert } from "../../base/assert.ts";
import type { OrderId } from "../../domain/order.ts";
import { isOver, type ExchangeOrder } from "./exchange-types.ts";

/** Every order that an account ever had, by all its names. */
export class OrderStore {
  private readonly all: ExchangeOrder[] = [];
  private readonly placeById = new Map<string, number>();
  private readonly placeByClientId = new Map<string, number>();
  /** Those that work, by venue id, oldest first. */
  private readonly openById = new Map<string, ExchangeOrder>();
  /** The same as a list, until one of them changes. */
  private openList: readonly ExchangeOrder[] | null = [];
  /** Venue ids by the numbers that the venue knows. */
  private readonly idByNumber = new Map<OrderId, string>();
  private readonly numberById = new Map<string, OrderId>();

  get count(): number {
    return this.all.length;
  }

  /** Takes in a new order under the venue's number for it; null for one that the venue does not have. */
  add(order: ExchangeOrder, number: OrderId | null): void {
    assert(order.sequence === this.all.length + 1, "orders are kept in their order");
    this.placeById.set(order.venueOrderId, this.all.length);
    if (order.clientOrderId !== null) this.placeByClientId.set(order.clientOrderId, this.all.length);
    this.all.push(order);
    if (number !== null) this.bind(order.venueOrderId, number);
    if (isOver(order)) return;
    this.openById.set(order.venueOrderId, order);
    this.openList = null;
  }

  /** Says under which number the venue knows an order from now on. */
  bind(venueOrderId: string, number: OrderId): void {
    this.idByNumber.set(number, venueOrderId);
    this.numberById.set(venueOrderId, number);
  }

  /** Says that what the venue tells about an order is not to be heard any more. */
  unbind(venueOrderId: string): void {
    const number = this.numberById.get(venueOrderId);
    if (number !== undefined) this.idByNumber.delete(number);
  }

  /** Puts an order in the place of what it was before. */
  update(order: ExchangeOrder): void {
    this.all[order.sequence - 1] = order;
    if (!this.openById.has(order.venueOrderId)) return;
    if (isOver(order)) this.openById.delete(order.venueOrderId);
    else this.openById.set(order.venueOrderId, order);
    this.openList = null;
  }

  byId(venueOrderId: string): ExchangeOrder | null {
    return this.all[this.placeById.get(venueOrderId) ?? -1] ?? null;
  }

  byClientId(clientOrderId: string): ExchangeOrder | null {
    return this.all[this.placeByClientId.get(clientOrderId) ?? -1] ?? null;
  }

  byNumber(number: OrderId): ExchangeOrder | null {
    return this.byId(this.idByNumber.get(number) ?? "");
  }

  numberOf(venueOrderId: string): OrderId | null {
    return this.numberById.get(venueOrderId) ?? null;
  }

  /** What works, oldest first. */
  open(): readonly ExchangeOrder[] {
    return (this.openList ??= [...this.openById.values()]);
  }

  /** Everything, oldest first. */
  history(): readonly ExchangeOrder[] {
    return this.all;
  }
}
