import type { z } from "zod";
import type { VenueCode } from "../../../domain/order.ts";
import type { VenueOrder } from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { IbNotice } from "./ib-client.ts";
import type { ContractNames } from "./ib-contracts.ts";
import { endCodeOf, meaningOf } from "./ib-notices.ts";
import {
  completedOrderSchema,
  openOrderSchema,
  orderStatusSchema,
  statusOf,
  termsOf,
  type IbOrder,
} from "./ib-orders-read.ts";

/** How many orders are remembered. */
const ordersMax = 20_000;

/** An order of the account: whose it is there, and how it stands. */
type Entry = {
  readonly orderId: number;
  readonly clientId: number;
  readonly symbol: string;
  readonly order: IbOrder;
  readonly word: string;
  readonly filledQuantity: number;
  readonly averagePrice: number;
  /** Why it was refused or has ended, where somebody said. */
  readonly refusal: { readonly code: VenueCode; readonly text: string } | null;
  readonly endText: string;
};

type BookParts = {
  readonly clock: Clock;
  readonly names: ContractNames;
  /** The account that is traded; orders of others are none of ours. */
  readonly accountName: () => string;
  readonly onOrder: (order: VenueOrder) => void;
  /** The state of an order was told that nobody has described. */
  readonly onStranger: () => void;
};

/**
 * Everything that was heard of orders, by the number that the venue keeps for ever. News come in pieces: what an order is, how
 * it stands, and why it was refused are three messages.
 */
export class IbOrderBook {
  private readonly parts: BookParts;
  private readonly entries = new Map<number, Entry>();
  private readonly permIdByRef = new Map<string, number>();
  private readonly permIdByNumber = new Map<string, number>();
  private readonly lastTold = new Map<number, string>();

  constructor(parts: BookParts) {
    this.parts = parts;
  }

  /** Takes a message in. Throws where it has another shape than it should. */
  hear(name: string, values: readonly unknown[]): void {
    if (name === "openOrder") this.hearOpen(openOrderSchema.parse(values.slice(0, 4)));
    if (name === "completedOrder") this.hearCompleted(completedOrderSchema.parse(values.slice(0, 3)));
    if (name === "orderStatus") this.hearStatus(orderStatusSchema.parse(values));
  }

  /** Notes why an order was refused or has ended. */
  notice(notice: IbNotice, clientId: number): void {
    const permId = this.permIdByNumber.get(`${clientId} ${notice.id}`);
    const entry = permId === undefined ? undefined : this.entries.get(permId);
    const meaning = meaningOf(notice);
    if (entry === undefined || meaning.kind !== "ends") return;
    const { code, text } = notice;
    this.entries.set(permId!, {
      ...entry,
      ...(code === 202 ? { endText: text } : { refusal: { code: meaning.code, text } }),
    });
  }

  /** The order that has our name, as it was last heard of. */
  byRef(clientOrderId: string): VenueOrder | null {
    const permId = this.permIdByRef.get(clientOrderId);
    return permId === undefined ? null : this.byPermId(permId);
  }

  byPermId(permId: number): VenueOrder | null {
    const entry = this.entries.get(permId);
    return entry === undefined ? null : this.read(entry);
  }

  /** Under which number and client an order is known there. */
  numberOf(clientOrderId: string): { readonly orderId: number; readonly clientId: number } | null {
    return this.entries.get(this.permIdByRef.get(clientOrderId) ?? -1) ?? null;
  }

  /** The number of an order of this client that a message is about: a gateway that was restarted may offer it again. */
  numberIn(name: string, values: readonly unknown[], clientId: number): number | null {
    if (name !== "openOrder") return null;
    const [number, , order] = openOrderSchema.parse(values.slice(0, 4));
    return order.clientId === clientId ? number : null;
  }

  /** Our name of an order. */
  refOf(permId: number): string | null {
    return this.entries.get(permId)?.order.orderRef || null;
  }

  private hearOpen([number, contract, order, { status }]: z.output<typeof openOrderSchema>): void {
    // Before it has a number for ever, an order is on its way there.
    if (order.permId === 0 || !this.isOurs(order)) return;
    const before = this.entries.get(order.permId);
    const clientId = order.clientId ?? 0;
    this.keep({
      orderId: number,
      clientId,
      symbol: this.parts.names.nameOf(contract),
      order,
      word: status,
      filledQuantity: before?.filledQuantity ?? 0,
      averagePrice: before?.averagePrice ?? 0,
      refusal: before?.refusal ?? null,
      endText: before?.endText ?? "",
    });
    this.permIdByNumber.set(`${clientId} ${number}`, order.permId);
  }

  private hearCompleted([contract, order, state]: z.output<typeof completedOrderSchema>): void {
    if (order.permId === 0 || !this.isOurs(order)) return;
    const before = this.entries.get(order.permId);
    const endText = state.completedStatus ?? "";
    const isRefused = /reject/i.test(endText);
    this.keep({
      orderId: before?.orderId ?? 0,
      clientId: before?.clientId ?? 0,
      symbol: this.parts.names.nameOf(contract),
      // A completed order says of how much it was in its fills alone, where it has filled whole.
      order: { ...order, totalQuantity: order.totalQuantity || (order.filledQuantity ?? 0) },
      word: state.status,
      filledQuantity: order.filledQuantity ?? before?.filledQuantity ?? 0,
      averagePrice: before?.averagePrice ?? 0,
      refusal: before?.refusal ?? (isRefused ? { code: "other", text: endText } : null),
      endText: before?.endText || endText,
    });
  }

  private hearStatus(values: z.output<typeof orderStatusSchema>): void {
    const [orderId, word, filledQuantity, , averagePrice, permId, , , clientId] = values;
    const entry = this.entries.get(permId);
    if (entry === undefined) {
      if (permId !== 0) this.parts.onStranger();
      return;
    }
    // News may overtake each other: what has filled stays filled.
    const filled = Math.max(filledQuantity, entry.filledQuantity);
    this.keep({ ...entry, orderId, clientId, word, filledQuantity: filled, averagePrice });
    this.tell(permId);
  }

  /** The same news come again and again: each state is told once. */
  private tell(permId: number): void {
    const order = this.byPermId(permId)!;
    const told = JSON.stringify({ ...order, venueTimeMs: 0 });
    if (this.lastTold.get(permId) === told) return;
    this.lastTold.set(permId, told);
    this.parts.onOrder(order);
  }

  private keep(entry: Entry): void {
    const { permId, orderRef } = entry.order;
    this.entries.set(permId, entry);
    // Somebody may use a name twice: the first order keeps it.
    if (orderRef !== undefined && orderRef !== "" && !this.permIdByRef.has(orderRef))
      this.permIdByRef.set(orderRef, permId);
    if (this.entries.size <= ordersMax) return;
    const [oldest] = this.entries.keys();
    this.entries.delete(oldest!);
    this.lastTold.delete(oldest!);
  }

  private isOurs({ account }: IbOrder): boolean {
    return account === "" || account === this.parts.accountName();
  }

  private read(entry: Entry): VenueOrder {
    const { order, symbol, word, filledQuantity, averagePrice, refusal, endText } = entry;
    const status = statusOf(word, filledQuantity, refusal !== null && filledQuantity === 0);
    const code =
      status === "rejected" ? refusal!.code : status === "canceled" ? endCodeOf(order.tif, endText) : null;
    return {
      clientOrderId: order.orderRef || null,
      venueOrderId: String(order.permId),
      symbol,
      side: order.action === "BUY" ? "buy" : "sell",
      quantity: order.totalQuantity,
      filledQuantity,
      ...(averagePrice > 0 ? { averagePrice } : {}),
      status,
      terms: termsOf(order),
      reduceOnly: false,
      code,
      reason: code === null ? "" : status === "rejected" ? refusal!.text : endText,
      venueTimeMs: this.parts.clock.nowMs(),
    };
  }
}
