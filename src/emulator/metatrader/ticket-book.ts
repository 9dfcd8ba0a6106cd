import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { ExchangeFill, ExchangeOrder, Leg } from "../exchange/exchange-types.ts";

/** Where numbers begin, so that an order is never taken for a deal. */
const firstOrder = 50_000_000;
const firstDeal = 70_000_000;

/** What is held under one number. On an account that nets there is one for each symbol. */
export type PositionTicket = {
  readonly ticket: number;
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed, in units of what is traded. */
  readonly quantity: number;
  readonly openPrice: number;
  readonly openMs: number;
  readonly magic: string;
  readonly comment: string;
};

/** What a deal did to positions. */
export type DealEntry = "in" | "out" | "inout";

/** The number of an order. */
export function orderTicketOf({ sequence }: Pick<ExchangeOrder, "sequence">): number {
  return firstOrder + sequence;
}

/** The number of a deal. */
export function dealTicketOf({ sequence }: Pick<ExchangeFill, "sequence">): number {
  return firstDeal + sequence;
}

/**
 * Numbers of positions, as MetaTrader gives them: with netting a position has that of the order that opened it; with
 * hedging every order that opens has one of its own, and what closes says which it closes.
 */
export class TicketBook {
  readonly positions = new Map<number, PositionTicket>();
  /** By deal: the position it belongs to, and what it did. */
  private readonly entries = new Map<number, { readonly position: number; readonly entry: DealEntry }>();
  private readonly account: ExchangeAccount;

  constructor(account: ExchangeAccount) {
    this.account = account;
    for (const { symbol, leg, quantity, averagePrice } of account.positions())
      this.open(firstOrder - 1 - this.positions.size, symbol, leg, quantity, averagePrice, 0, "0", "");
  }

  /** The order of a number; null for none. */
  order(ticket: number): ExchangeOrder | null {
    return this.account.orders.history()[ticket - firstOrder - 1] ?? null;
  }

  /** What a deal did. */
  entryOf(deal: number): { readonly position: number; readonly entry: DealEntry } {
    return this.entries.get(deal) ?? { position: 0, entry: "in" };
  }

  /** Takes in a fill. */
  hear(fill: ExchangeFill, order: ExchangeOrder): void {
    const closes = Number(order.labels["closes"] ?? 0);
    const held =
      closes > 0 ? this.positions.get(closes) : fill.leg === "net" ? this.netted(fill.symbol) : undefined;
    const signed = fill.side === "buy" ? fill.quantity : -fill.quantity;
    const ticket = held?.ticket ?? orderTicketOf(order);
    const before = (held ?? this.positions.get(ticket))?.quantity ?? 0;
    const after = cleaned(before + signed);
    this.entries.set(dealTicketOf(fill), {
      position: ticket,
      entry: before * signed >= 0 ? "in" : after * before >= 0 ? "out" : "inout",
    });
    const { magic = "0", comment = "" } = order.labels;
    if (after === 0) this.positions.delete(ticket);
    else if (before * after <= 0)
      this.open(ticket, fill.symbol, fill.leg, after, fill.price, fill.timeMs, magic, comment);
    else this.resize(ticket, after, before, fill.price);
  }

  private netted(symbol: string): PositionTicket | undefined {
    return [...this.positions.values()].find((one) => one.symbol === symbol);
  }

  private open(
    ticket: number,
    symbol: string,
    leg: Leg,
    quantity: number,
    openPrice: number,
    openMs: number,
    magic: string,
    comment: string,
  ): void {
    this.positions.set(ticket, { ticket, symbol, leg, quantity, openPrice, openMs, magic, comment });
  }

  private resize(ticket: number, after: number, before: number, price: number): void {
    const old = this.positions.get(ticket)!;
    const isMore = Math.abs(after) > Math.abs(before);
    const openPrice = isMore ? (old.openPrice * before + price * (after - before)) / after : old.openPrice;
    this.positions.set(ticket, { ...old, quantity: after, openPrice });
  }
}

/** What rounding leaves behind is nothing. */
function cleaned(quantity: number): number {
  return Math.abs(quantity) < 1e-9 ? 0 : quantity;
}
