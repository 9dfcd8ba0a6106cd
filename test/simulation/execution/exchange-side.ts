import type { ExchangeAccount } from "../../../src/emulator/exchange/exchange-account.ts";
import type { Exchange } from "../../../src/emulator/exchange/exchange.ts";
import {
  orderTicket,
  type ExchangeAnswer,
  type ExchangeFill,
  type ExchangeOrder,
} from "../../../src/emulator/exchange/exchange-types.ts";
import type { Side } from "../../../src/domain/order.ts";
import type {
  AccountSnapshot,
  Acknowledgement,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
} from "../../../src/ports/broker-connection.ts";
import type { VenueNews, VenueSide } from "./venue-side.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** What a venue does with exits: it keeps them within the position, or takes them for orders like others. */
export type ExchangeHabits = { readonly hasReduceOnly: boolean };

/** One account of the emulated exchange in the words of a broker connection, with the ability to do wrong. */
export class ExchangeSide implements VenueSide {
  private readonly exchange: Exchange;
  private readonly trader: ExchangeAccount;
  private readonly world: VirtualWorld;
  private readonly habits: ExchangeHabits;
  /** Trades by hand that pass for more of an order: what the venue filled beyond its size. By venue order id of the hand. */
  private readonly overfillOf = new Map<string, ExchangeOrder>();
  private readonly listeners = new Set<VenueNews>();
  /** What was filled in each order, overfills included, by venue order id. */
  private readonly overfilled = new Map<string, number>();

  constructor(exchange: Exchange, trader: ExchangeAccount, world: VirtualWorld, habits: ExchangeHabits) {
    this.exchange = exchange;
    this.trader = trader;
    this.world = world;
    this.habits = habits;
    exchange.listen((event) => {
      if (event.kind === "order" && !this.overfillOf.has(event.order.venueOrderId))
        for (const { onOrder } of this.listeners) onOrder(this.orderOf(event.order));
      if (event.kind === "fill") this.tellFill(event.fill);
    });
  }

  listen(listener: VenueNews): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  submit(order: VenueOrderRequest): Acknowledgement {
    const { clientOrderId, symbol, side, quantity, terms, timeInForce, expireTimeMs, postOnly } = order;
    this.moveTime();
    const reduceOnly = order.reduceOnly && this.habits.hasReduceOnly;
    return this.answer(
      this.trader.submit(
        orderTicket({
          clientOrderId,
          symbol,
          side,
          quantity,
          terms,
          timeInForce,
          expireTimeMs,
          postOnly,
          reduceOnly,
        }),
      ),
    );
  }

  cancel(clientOrderId: string): Acknowledgement {
    this.moveTime();
    const order = this.trader.orders.byClientId(clientOrderId);
    if (order === null) return { kind: "rejected", code: "unknown_order", reason: "no such order" };
    return this.answer(this.trader.cancel(order.venueOrderId));
  }

  modify({ clientOrderId, quantity, terms }: VenueOrderRequest): Acknowledgement {
    this.moveTime();
    const order = this.trader.orders.byClientId(clientOrderId);
    if (order === null) return { kind: "rejected", code: "unknown_order", reason: "no such order" };
    return this.answer(this.trader.modify(order.venueOrderId, { quantity, terms }));
  }

  account(): AccountSnapshot {
    const { cash, equity, buyingPower } = this.trader.summary();
    const { currency } = this.trader.options;
    const positions = this.trader
      .positions()
      .map(({ symbol, quantity, averagePrice }) => [symbol, { quantity, averagePrice }] as const);
    return {
      venueTimeMs: this.world.nowMs,
      cash: new Map([[currency, cash]]),
      equity,
      currency,
      buyingPower,
      positions: new Map(positions),
    };
  }

  openOrders(): readonly VenueOrder[] {
    return this.trader.orders
      .open()
      .filter(({ venueOrderId }) => !this.overfillOf.has(venueOrderId))
      .map((order) => this.orderOf(order));
  }

  order(clientOrderId: string): VenueOrder | null {
    const order = this.trader.orders.byClientId(clientOrderId);
    return order === null ? null : this.orderOf(order);
  }

  fillsSince(sinceMs: number): readonly VenueFill[] {
    const { fills } = this.trader;
    let from = fills.length;
    while (from > 0 && fills[from - 1]!.timeMs >= sinceMs) from -= 1;
    return fills.slice(from).map((fill) => this.fillOf(fill));
  }

  instruments(symbols: readonly string[]): readonly VenueInstrument[] {
    return symbols.map((symbol) => ({ ...this.exchange.listing(symbol)!, isTradable: true }));
  }

  isOpen(symbol: string): boolean {
    return this.exchange.isOpen(symbol);
  }

  /** What is held of a symbol, signed. */
  held(symbol: string): number {
    return this.trader.heldOf(symbol, "net");
  }

  /** Somebody trades on the account past the robot. */
  tradeByHand(symbol: string, side: Side, quantity: number): void {
    this.moveTime();
    this.trader.tradeByHand(symbol, side, quantity);
  }

  /** Fills more of an order than was ordered; false when none of ours has filled or works. */
  overfill(quantity: number): boolean {
    const { orders } = this.trader;
    const victim = orders
      .history()
      .findLast(
        ({ clientOrderId, reduceOnly, filledQuantity }) =>
          clientOrderId !== null && !reduceOnly && filledQuantity > 0,
      );
    if (victim === undefined) return false;
    this.moveTime();
    const answer = this.trader.tradeByHand(victim.symbol, victim.side, quantity);
    if (answer.kind === "rejected") return false;
    this.overfillOf.set(answer.order.venueOrderId, victim);
    return true;
  }

  private moveTime(): void {
    this.exchange.tellTime(this.world.nowMs);
  }

  private answer(answer: ExchangeAnswer): Acknowledgement {
    if (answer.kind === "rejected") return answer;
    return {
      kind: "accepted",
      venueOrderId: answer.order.venueOrderId,
      venueTimeMs: this.world.nowMs,
    };
  }

  private tellFill(told: ExchangeFill): void {
    const victim = this.overfillOf.get(told.venueOrderId);
    if (victim !== undefined) {
      const { venueOrderId } = victim;
      this.overfilled.set(venueOrderId, (this.overfilled.get(venueOrderId) ?? 0) + told.quantity);
    }
    const fill = this.fillOf(told);
    for (const { onFill } of this.listeners) onFill(fill);
    if (victim !== undefined)
      for (const { onOrder } of this.listeners)
        onOrder(this.orderOf(this.trader.orders.byId(victim.venueOrderId)!));
  }

  private orderOf(order: ExchangeOrder): VenueOrder {
    const { clientOrderId, venueOrderId, symbol, side, quantity, status, terms, reduceOnly, code, reason } =
      order;
    return {
      clientOrderId,
      venueOrderId,
      symbol,
      side,
      quantity,
      filledQuantity: order.filledQuantity + (this.overfilled.get(venueOrderId) ?? 0),
      status,
      terms,
      reduceOnly,
      code,
      reason,
      venueTimeMs: order.updatedMs,
    };
  }

  private fillOf(fill: ExchangeFill): VenueFill {
    const { fillId, symbol, side, quantity, price, fee, feeCurrency, liquidity } = fill;
    const order = this.overfillOf.get(fill.venueOrderId) ?? fill;
    return {
      fillId,
      clientOrderId: order.clientOrderId,
      venueOrderId: order.venueOrderId,
      symbol,
      side,
      quantity,
      price,
      fee,
      feeCurrency,
      liquidity,
      venueTimeMs: fill.timeMs,
      receivedAtMs: 0,
    };
  }
}
