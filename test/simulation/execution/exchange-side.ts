import type { ExchangeAccount } from "../../../src/emulator/exchange/exchange-account.ts";
import type { Exchange } from "../../../src/emulator/exchange/exchange.ts";
import {
  orderTicket,
  type ExchangeAnswer,
  type ExchangeFill,
  type ExchangeOrder,
} from "../../../src/emulator/exchange/exchange-types.ts";
import { signOf, type Side } from "../../../src/domain/order.ts";
import type {
  AccountSnapshot,
  Acknowledgement,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
} from "../../../src/ports/broker-connection.ts";
import { sameTerms } from "../../../src/engine/execution/draft-order.ts";
import { roundTerms } from "../../../src/robot/desk/round-terms.ts";
import type { VenueNews, VenueSide } from "./venue-side.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** How this venue is. */
export type ExchangeHabits = {
  /** Whether it keeps exits within the position; else they are orders like others. */
  readonly hasReduceOnly: boolean;
  /** Whether it refuses a stop or target whose price has been reached already; else that fills at once. */
  readonly refusesReached: boolean;
  /** The largest quantity of an order; any where nothing is said. */
  readonly quantityMax?: number | undefined;
};

/** What promises look at: the account as it is at the venue, or what of it belongs to one session. */
export type Watched = Pick<
  ExchangeSide,
  "held" | "order" | "openOrders" | "hasReduceOnly" | "listen" | "overfilledMs" | "quantityMax"
>;

/** One account of the emulated exchange in the words of a broker connection, with the ability to do wrong. */
export class ExchangeSide implements VenueSide {
  private readonly exchange: Exchange;
  private readonly trader: ExchangeAccount;
  private readonly world: Pick<VirtualWorld, "nowMs">;
  private readonly habits: ExchangeHabits;
  /** Trades by hand that pass for more of an order: what the venue filled beyond its size. By venue order id of the hand. */
  private readonly overfillOf = new Map<string, ExchangeOrder>();
  private readonly listeners = new Set<VenueNews>();
  /** Orders that were taken and are refused afterwards, by venue order id. */
  private readonly refusedLate = new Set<string>();
  /** Steps of prices that are not those of the listing any more. */
  private readonly tickSizes = new Map<string, number>();
  /** What was filled in each order, overfills included, by venue order id. */
  private readonly overfilled = new Map<string, number>();
  /** When more than was ordered was filled last. */
  overfilledMs = -Infinity;

  constructor(
    exchange: Exchange,
    trader: ExchangeAccount,
    world: Pick<VirtualWorld, "nowMs">,
    habits: ExchangeHabits,
  ) {
    this.exchange = exchange;
    this.trader = trader;
    this.world = world;
    this.habits = habits;
    exchange.listen((event) => {
      if (event.kind === "order" && !this.overfillOf.has(event.order.venueOrderId))
        for (const { onOrder } of this.listeners) onOrder?.(this.orderOf(event.order));
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
    if (this.habits.refusesReached && this.isReached(order))
      return { kind: "rejected", code: "would_trigger", reason: "the price of the trigger has been reached" };
    const unfit = this.offTick(order) ?? this.tooLarge(order);
    if (unfit !== null) return unfit;
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

  modify(request: VenueOrderRequest): Acknowledgement {
    const { clientOrderId, quantity, terms } = request;
    this.moveTime();
    const unfit = this.offTick(request) ?? this.tooLarge(request);
    if (unfit !== null) return unfit;
    const order = this.trader.orders.byClientId(clientOrderId);
    if (order === null) return { kind: "rejected", code: "unknown_order", reason: "no such order" };
    return this.answer(this.trader.modify(order.venueOrderId, { quantity, terms }));
  }

  account(): AccountSnapshot {
    const { cash, equity, buyingPower } = this.trader.summary();
    const { currency } = this.trader.options;
    const positions = this.trader
      .positions()
      .map(
        ({ symbol, quantity, averagePrice }) =>
          [symbol, { quantity, averagePrice, paid: quantity * averagePrice }] as const,
      );
    return {
      venueTimeMs: this.world.nowMs,
      cash: new Map([[currency, cash]]),
      balance: cash,
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
    return symbols.map((symbol) => {
      const listing = this.exchange.listing(symbol)!;
      const tickSize = this.tickSizes.get(symbol) ?? listing.tickSize;
      return { ...listing, tickSize, quantityMax: this.habits.quantityMax, isTradable: true };
    });
  }

  isOpen(symbol: string): boolean {
    return this.exchange.isOpen(symbol);
  }

  get quantityMax(): number {
    return this.habits.quantityMax ?? Infinity;
  }

  get hasReduceOnly(): boolean {
    return this.habits.hasReduceOnly;
  }

  /** Whether the market has come to the trigger of an order already. */
  isReached({ symbol, side, terms }: VenueOrderRequest): boolean {
    const last = this.exchange.lastPrice(symbol);
    const sign = signOf(side);
    if (terms.type === "stop_market" || terms.type === "stop_limit")
      return sign * (last - terms.stopPrice) >= 0;
    if (terms.type === "market_if_touched" || terms.type === "limit_if_touched")
      return sign * (last - terms.triggerPrice) <= 0;
    return false;
  }

  /** The venue changes its mind about an order that it has taken. Returns whether there was something to refuse. */
  refuseLate(clientOrderId: string): boolean {
    const order = this.trader.orders.byClientId(clientOrderId);
    if (order === null || order.filledQuantity > 0) return false;
    this.moveTime();
    this.refusedLate.add(order.venueOrderId);
    const isDone = this.trader.cancel(order.venueOrderId).kind === "accepted";
    if (!isDone) this.refusedLate.delete(order.venueOrderId);
    return isDone;
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

  /** Fills more of one of our orders than was ordered, and returns its symbol; null when none has a fill. */
  overfill(quantity: number): string | null {
    const { orders } = this.trader;
    const victim = orders
      .history()
      .findLast(
        ({ clientOrderId, reduceOnly, filledQuantity }) =>
          clientOrderId !== null && !reduceOnly && filledQuantity > 0,
      );
    if (victim === undefined) return null;
    this.moveTime();
    const answer = this.trader.tradeByHand(victim.symbol, victim.side, quantity);
    if (answer.kind === "rejected") return null;
    this.overfillOf.set(answer.order.venueOrderId, victim);
    return victim.symbol;
  }

  /** Prices of a symbol come in other steps from now on. */
  setTickSize(symbol: string, tickSize: number): void {
    this.tickSizes.set(symbol, tickSize);
  }

  private offTick({ symbol, side, terms }: VenueOrderRequest): Acknowledgement | null {
    const tickSize = this.tickSizes.get(symbol);
    if (tickSize === undefined || sameTerms(terms, roundTerms(terms, side, tickSize))) return null;
    return { kind: "rejected", code: "tick_size", reason: `prices are multiples of ${tickSize}` };
  }

  private tooLarge({ quantity }: VenueOrderRequest): Acknowledgement | null {
    return quantity <= this.quantityMax
      ? null
      : { kind: "rejected", code: "bad_number", reason: "too large" };
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
      this.overfilledMs = told.timeMs;
      this.overfilled.set(venueOrderId, (this.overfilled.get(venueOrderId) ?? 0) + told.quantity);
    }
    const fill = this.fillOf(told);
    for (const { onFill } of this.listeners) onFill(fill);
    if (victim !== undefined)
      for (const { onOrder } of this.listeners)
        onOrder?.(this.orderOf(this.trader.orders.byId(victim.venueOrderId)!));
  }

  private orderOf(order: ExchangeOrder): VenueOrder {
    const { clientOrderId, venueOrderId, symbol, side, quantity, terms, reduceOnly, reason } = order;
    const isRefused = this.refusedLate.has(venueOrderId) && order.status === "canceled";
    return {
      clientOrderId,
      venueOrderId,
      symbol,
      side,
      quantity,
      filledQuantity: order.filledQuantity + (this.overfilled.get(venueOrderId) ?? 0),
      status: isRefused ? "rejected" : order.status,
      terms,
      reduceOnly,
      code: isRefused ? "other" : order.code,
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
