import { floorToStep } from "../../base/numbers.ts";
import type {
  BrokerConnection,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
} from "../../ports/broker-connection.ts";
import { sleep, type Clock } from "../../ports/clock.ts";
import type { OrderStatus, VenueCode } from "../../domain/order.ts";
import type { RobotLog } from "../robot-types.ts";
import { closingOrderId, closingPrefix } from "./closing-order-id.ts";
import type { Pull } from "./pull.ts";

/** What closing an account takes. */
export type ClosingParts = {
  readonly connection: BrokerConnection;
  readonly clock: Clock;
  readonly log: RobotLog;
  readonly pull: Pick<Pull, "id" | "action">;
  /** The stop switch of the closing itself: the process ends. Whoever comes next goes on. */
  readonly signal: AbortSignal;
};

const ends: ReadonlySet<OrderStatus> = new Set(["filled", "canceled", "rejected", "expired"]);
const waitMsFirst = 500;
const waitMsMax = 5_000;
const doubledMax = 4;

/**
 * Cancels every order of the account, and where the pull says so closes every position, until the venue itself says that
 * nothing works any more and nothing is held. It never gives up while the venue is down, and may be done by several
 * processes at once: an order that closes is named after the pull, the symbol and how many there were before it, so that
 * the venue takes it once. Returns what is left by symbol: everything under a freeze, else what is too small to sell.
 */
export async function closeAccount(parts: ClosingParts): Promise<Readonly<Record<string, number>>> {
  const closing = new Closing(parts);
  for (let turn = 0; ; turn++) {
    parts.signal.throwIfAborted();
    try {
      const left = await closing.turn();
      if (left !== null) return left;
    } catch (error) {
      parts.log.warn({ error: String(error), turn }, "the account could not be closed yet; trying again");
    }
    await sleep(parts.clock, Math.min(waitMsMax, waitMsFirst * 2 ** Math.min(turn, 10)), parts.signal);
  }
}

class Closing {
  private readonly parts: ClosingParts;
  /** How many orders have closed a part of a symbol and are over. */
  private readonly endedBySymbol = new Map<string, number>();
  private readonly doubled = new Map<string, number>();
  /** The largest order that a venue has not called too large or of the wrong size, where it has called one so. */
  private readonly most = new Map<string, number>();
  /** Holdings that the venue has called worth too little for an order. */
  private readonly worthless = new Map<string, number>();
  private readonly rules = new Map<string, VenueInstrument>();

  constructor(parts: ClosingParts) {
    this.parts = parts;
  }

  /** One attempt; null while something is left to be done. What works in one symbol does not keep the others waiting. */
  async turn(): Promise<Readonly<Record<string, number>> | null> {
    const working = await this.symbolsAtWork();
    if (working === null) return null;
    const { connection, pull, log } = this.parts;
    let isClosed = working.size === 0;
    if (pull.action !== "flatten" && !isClosed) return null;
    const { positions } = await connection.account();
    const held = [...positions].filter(([, { quantity }]) => quantity !== 0);
    const left = Object.fromEntries(held.map(([symbol, { quantity }]) => [symbol, quantity]));
    if (pull.action !== "flatten") return left;
    for (const [symbol, { quantity }] of held) {
      const isKnown = Number.isFinite(quantity);
      if (!isKnown) log.warn({ symbol }, `the venue holds ${quantity} of it, which is no number`);
      const part = working.has(symbol) || !isKnown ? 0 : await this.sellable(symbol, quantity);
      isClosed &&= isKnown && part === 0;
      if (part === 0) continue;
      await this.close(symbol, quantity > 0 ? "sell" : "buy", part, quantity);
    }
    return isClosed ? left : null;
  }

  /** Cancels what works but our own closing orders, and says in which symbols an order still does; null when nobody can say. */
  private async symbolsAtWork(): Promise<ReadonlySet<string> | null> {
    const { connection, log } = this.parts;
    const before = await connection.openOrders();
    if (before.kind === "whole" && before.orders.length === 0) return new Set();
    const foreign = (orders: readonly VenueOrder[]) => orders.filter((order) => !this.isOurs(order));
    // While one of our own closing orders works, it is not taken back with the others, unless one of those has no name.
    const mayTakeAll =
      before.kind === "unknown" ||
      !before.orders.some((order) => this.isOurs(order)) ||
      before.orders.some(({ clientOrderId }) => clientOrderId === null);
    if (mayTakeAll) await connection.cancelAll();
    const after = await connection.openOrders();
    if (after.kind === "unknown") return null;
    // A venue may take back some of them and keep others: those are asked for one by one.
    for (const { clientOrderId, symbol } of foreign(after.orders))
      if (clientOrderId !== null) await connection.cancel(clientOrderId, symbol);
    const count = foreign(after.orders).length;
    if (count > 0) log.warn({ count }, "orders still work after all were canceled");
    return new Set(after.orders.map(({ symbol }) => symbol));
  }

  private isOurs({ clientOrderId }: VenueOrder): boolean {
    return clientOrderId?.startsWith(closingPrefix(this.parts.pull.id)) === true;
  }

  private nameOf(symbol: string, number: number): string {
    return closingOrderId(this.parts.pull.id, symbol, number);
  }

  /** How much of a holding one order can close: whole lots, at least the venue's smallest order and at most its largest. */
  private async sellable(symbol: string, quantity: number): Promise<number> {
    if (Math.abs(quantity) <= (this.worthless.get(symbol) ?? 0)) return 0;
    const rule = await this.ruleOf(symbol);
    const { lotSize = 0, quantityMin = 0, quantityMax = Infinity } = rule ?? {};
    const size = Math.min(Math.abs(quantity), quantityMax, this.most.get(symbol) ?? Infinity);
    const lots = lotSize > 0 ? floorToStep(size, lotSize) : size;
    return lots >= quantityMin ? lots : 0;
  }

  /** A size that the venue does not take: its rules may be others by now, or it takes no order as large. */
  private learnFrom(code: VenueCode, symbol: string, part: number, held: number): void {
    const { quantityMin = 0, lotSize = 0 } = this.rules.get(symbol) ?? {};
    if (code === "notional_min") {
      // A part that is too small may be all there is, or what an order that was too large has been cut down to.
      if (!this.most.delete(symbol)) this.worthless.set(symbol, Math.abs(held));
    } else if (code === "lot_size") {
      this.rules.delete(symbol);
      this.most.set(symbol, Math.max(part / 2, quantityMin, lotSize));
    }
  }

  private async ruleOf(symbol: string): Promise<VenueInstrument | null> {
    const known = this.rules.get(symbol);
    if (known !== undefined) return known;
    try {
      const [rule] = await this.parts.connection.instruments([symbol]);
      if (rule !== undefined) this.rules.set(symbol, rule);
      return rule ?? null;
    } catch {
      // A symbol without rules is sold as it is held; the venue says no if that is wrong.
      return null;
    }
  }

  /** A name that is taken belongs to an order that lives, or, when the venue never tells of it, to one long gone. */
  private mayLive(code: VenueCode, clientOrderId: string): boolean {
    if (code !== "doubled_id") return false;
    const times = (this.doubled.get(clientOrderId) ?? 0) + 1;
    this.doubled.set(clientOrderId, times);
    return times < doubledMax;
  }

  private async close(symbol: string, side: "buy" | "sell", quantity: number, held: number): Promise<void> {
    const { connection, log } = this.parts;
    let number = this.endedBySymbol.get(symbol) ?? 0;
    for (;;) {
      const known = await connection.order(this.nameOf(symbol, number), symbol);
      if (known === null) break;
      if (!ends.has(known.status)) return;
      number += 1;
      this.endedBySymbol.set(symbol, number);
      // What it filled may not be in the holding yet that was read before it was asked for.
      if (known.filledQuantity > 0) return;
    }
    const clientOrderId = this.nameOf(symbol, number);
    const order: VenueOrderRequest = {
      clientOrderId,
      symbol,
      side,
      quantity,
      terms: { type: "market" },
      timeInForce: "gtc",
      expireTimeMs: Infinity,
      postOnly: false,
      reduceOnly: connection.capabilities.reduceOnly,
    };
    const answer = await connection.submit(order, "urgent");
    log.info({ clientOrderId, symbol, side, quantity, answer: answer.kind }, "closing a position");
    if (answer.kind !== "rejected") return;
    this.learnFrom(answer.code, symbol, quantity, held);
    if (!this.mayLive(answer.code, clientOrderId)) this.endedBySymbol.set(symbol, number + 1);
  }
}
