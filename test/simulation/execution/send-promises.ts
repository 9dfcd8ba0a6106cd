import { priceDistance, signOf, type OrderTerms } from "../../../src/domain/order.ts";
import type { InstrumentIndex } from "../../../src/domain/instrument.ts";
import type { VenueOrderRequest } from "../../../src/ports/broker-connection.ts";
import { isClosingOrderId } from "../../../src/robot/kill/closing-order-id.ts";
import type { TradingState } from "../../../src/robot/robot-types.ts";
import type { Coverage } from "./coverage.ts";
import type { Watched } from "./exchange-side.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import type { BrokenPromises, Life } from "./promises.ts";
import { symbols } from "./small-market.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** What may be demanded of an order at the moment when it is sent. */
export type Demands = {
  readonly sends: { readonly count: number; readonly spanMs: number };
  /** Largest distance of a price from the last close, as a share of it. */
  readonly collar: number;
  /** Age of the newest bar beyond which nothing new is opened. */
  readonly dataMsMax: number;
};

type Sent = {
  readonly order: VenueOrderRequest;
  /** Whether the session meant it to make a position smaller: not every venue is told so. */
  readonly isExit: boolean;
};

/** Looks at every order as it leaves a robot. */
export class SendPromises {
  /** Everything that was ever sent, by its name. */
  readonly sent = new Map<string, Sent>();
  /** Names of orders that will not reach the venue, or that it has refused; sent again they may. */
  readonly gone = new Set<string>();
  /** When something was sent last that closes a position, or that cancels or changes such an order, by symbol. */
  readonly lastExitMs = new Map<string, number>();
  /** When the road last swallowed something that was sent about an order that closes, by symbol. */
  readonly lastSwallowedMs = new Map<string, number>();
  /** Symbols that somebody else has traded: what is held of them is not what we want. */
  readonly tradedByHand = new Set<string>();
  private readonly parts: {
    readonly world: VirtualWorld;
    readonly venue: Watched;
    readonly disk: MemoryDisk;
    readonly demands: Demands;
    readonly tradingState: () => TradingState;
    readonly lastPrice: (symbol: string) => number;
    readonly broken: BrokenPromises;
    readonly coverage: Coverage;
  };
  private readonly times: number[] = [];

  constructor(parts: SendPromises["parts"]) {
    this.parts = parts;
  }

  look(order: VenueOrderRequest, life: Life): void {
    // A kill switch has no journal, no wishes and no limits.
    if (isClosingOrderId(order.clientOrderId)) return;
    const { broken, disk } = this.parts;
    const name = `${order.side} ${order.quantity} ${order.symbol} (${order.clientOrderId})`;
    if (!isFinite(order.quantity) || !pricesOf(order.terms).every(isFinite))
      broken.say(24, `${name} at ${pricesOf(order.terms).join(" and ")}`);
    if (disk.durable().lastIndexOf(order.clientOrderId, undefined, "latin1") < 0)
      broken.say(6, `${name} is not on the disk`);
    this.lookAtName(order, name);
    const isExit = order.reduceOnly || isMeantToReduce(order, life);
    if (!isExit) this.lookAtSize(order, life, name);
    this.sent.set(order.clientOrderId, { order, isExit });
    this.gone.delete(order.clientOrderId);
    this.lookAtState(isExit, life, name);
    this.lookAtRate(name);
    if (isExit) this.lastExitMs.set(order.symbol, this.parts.world.nowMs);
    // What protects may stand far away by the time when it gets another size.
    if (!isExit) this.lookAtPrice(order, life, name);
  }

  /** It was asked to cancel or to change an order. */
  touched(clientOrderId: string): void {
    const sent = this.sent.get(clientOrderId);
    if (sent?.isExit === true) this.lastExitMs.set(sent.order.symbol, this.parts.world.nowMs);
  }

  /** The road has swallowed what was sent about an order. */
  swallowed(clientOrderId: string): void {
    const sent = this.sent.get(clientOrderId);
    if (sent?.isExit === true) this.lastSwallowedMs.set(sent.order.symbol, this.parts.world.nowMs);
  }

  /** A price may have moved at the venue since the bar that is the newest one a robot has. */
  private lookAtPrice({ symbol, terms }: VenueOrderRequest, { session }: Life, name: string): void {
    const { lastPrice, demands, broken } = this.parts;
    const last = lastPrice(symbol);
    const index = symbols.indexOf(symbol as (typeof symbols)[number]) as InstrumentIndex;
    const known = session?.portfolio.position(index).lastPrice ?? last;
    const isFar = (of: number): boolean => priceDistance(terms, of) > demands.collar * (1 + 1e-9);
    if (isFar(last) && isFar(known))
      broken.say(15, `${name} at ${pricesOf(terms).join(" and ")}, and the last price is ${last}`);
  }

  private lookAtName(order: VenueOrderRequest, name: string): void {
    const before = this.sent.get(order.clientOrderId)?.order;
    if (before === undefined) return;
    // A change that came between two sendings may have given it another size; it stays the same order.
    if (
      before.symbol !== order.symbol ||
      before.side !== order.side ||
      before.reduceOnly !== order.reduceOnly
    )
      this.parts.broken.say(7, `${name} was ${before.side} ${before.quantity} ${before.symbol} before`);
  }

  /** What this order could do at worst, with all that works at the venue or may be on its way there. */
  private lookAtSize(order: VenueOrderRequest, life: Life, name: string): void {
    const { venue, broken } = this.parts;
    const { symbol, side, quantity, clientOrderId } = order;
    // A name that the venue has had already is refused there, filled or not: nothing comes of it.
    if (this.tradedByHand.has(symbol) || venue.order(clientOrderId) !== null) return;
    const sign = signOf(side);
    const held = venue.held(symbol);
    let open = 0;
    let live = 0;
    for (const other of this.sent.values()) {
      const isSame = other.order.symbol === symbol && other.order.side === side && !other.isExit;
      if (!isSame || other.order.clientOrderId === clientOrderId) continue;
      const left = this.leftOf(other.order);
      open += left;
      if (left > 0) live += 1;
    }
    const index = symbols.indexOf(symbol as (typeof symbols)[number]) as InstrumentIndex;
    const wanted = life.session?.targets.of(index)?.quantity ?? 0;
    if (sign * held + open + quantity > Math.max(0, sign * wanted) + 1e-9)
      broken.say(
        live > 0 ? 8 : 9,
        `${name}: holds ${held} (its books ${life.session?.portfolio.ledger.quantity[index]}), ${open} open, wants ${wanted}`,
      );
  }

  /** What may still come of an order: all of it while the venue does not know it, for it may be on its way. */
  private leftOf({ clientOrderId, quantity }: VenueOrderRequest): number {
    const order = this.parts.venue.order(clientOrderId);
    if (order === null) return this.gone.has(clientOrderId) ? 0 : quantity;
    const isOver = ["filled", "canceled", "rejected", "expired"].includes(order.status);
    return isOver ? 0 : order.quantity - order.filledQuantity;
  }

  private lookAtState(isExit: boolean, life: Life, name: string): void {
    const { broken, disk, tradingState, world, demands } = this.parts;
    const { state } = tradingState();
    if (state === "halted") broken.say(12, `${name} while trading is halted`);
    if (state === "reducing" && !isExit) broken.say(12, `${name} while only reducing is allowed`);
    if (!life.isHeld()) broken.say(13, `${name} by ${life.name}, which does not hold the account`);
    if (disk.hasFailed) broken.say(13, `${name} after the disk has failed`);
    if (!life.isRunning()) broken.say(13, `${name} by ${life.name}, which has not recovered`);
    if (!isExit && world.nowMs - life.newestBarMs > demands.dataMsMax)
      broken.say(13, `${name} on a bar ${world.nowMs - life.newestBarMs} ms old`);
  }

  private lookAtRate(name: string): void {
    const { world, demands, broken } = this.parts;
    const { times } = this;
    times.push(world.nowMs);
    while (times[0]! <= world.nowMs - demands.sends.spanMs) times.shift();
    if (times.length === demands.sends.count) this.parts.coverage.hit(16);
    if (times.length > demands.sends.count)
      broken.say(14, `${name} is the ${times.length}th in ${demands.sends.spanMs} ms`);
  }
}

/** What the session says of the order that goes by this name. */
function isMeantToReduce({ clientOrderId, symbol }: VenueOrderRequest, { session }: Life): boolean {
  const id = Number(/o(\d+)(?:p\d+)?$/.exec(clientOrderId)?.[1]);
  const index = symbols.indexOf(symbol as (typeof symbols)[number]) as InstrumentIndex;
  const tracked = session?.orders.open(index).find(({ request }) => request.id === id);
  return tracked !== undefined && (tracked.request.reduceOnly || tracked.request.closePosition);
}

function pricesOf(terms: OrderTerms): readonly number[] {
  switch (terms.type) {
    case "market":
    case "trailing_stop_market":
      return [];
    case "limit":
      return [terms.limitPrice];
    case "stop_market":
      return [terms.stopPrice];
    case "stop_limit":
      return [terms.stopPrice, terms.limitPrice];
    case "market_if_touched":
      return [terms.triggerPrice];
    case "limit_if_touched":
      return [terms.triggerPrice, terms.limitPrice];
  }
}
