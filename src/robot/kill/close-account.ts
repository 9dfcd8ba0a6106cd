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
  private readonly rules = new Map<string, VenueInstrument>();

  constructor(parts: ClosingParts) {
    this.parts = parts;
  }

  /** One attempt; null while something is left to be done. */
  async turn(): Promise<Readonly<Record<string, number>> | null> {
    if (!(await this.nothingWorks())) return null;
    const { connection, pull } = this.parts;
    const { positions } = await connection.account();
    const held = [...positions].filter(([, { quantity }]) => quantity !== 0);
    const left = Object.fromEntries(held.map(([symbol, { quantity }]) => [symbol, quantity]));
    if (pull.action !== "flatten") return left;
    let isClosed = true;
    for (const [symbol, { quantity }] of held) {
      const part = await this.sellable(symbol, quantity);
      if (part === 0) continue;
      isClosed = false;
      await this.close(symbol, quantity > 0 ? "sell" : "buy", part);
    }
    return isClosed ? left : null;
  }

  /** Cancels what works, and says whether the venue now shows no order of any list; our own closing ones go on. */
  private async nothingWorks(): Promise<boolean> {
    const { connection, log } = this.parts;
    const before = await connection.openOrders();
    const foreign = (orders: readonly VenueOrder[]) => orders.filter((order) => !this.isOurs(order));
    if (before.kind === "whole" && before.orders.length === 0) return true;
    // While one of our own closing orders works, it is not taken back with the others.
    if (before.kind === "unknown" || !before.orders.some((order) => this.isOurs(order)))
      await connection.cancelAll();
    const after = await connection.openOrders();
    if (after.kind === "unknown") return false;
    // A venue may take back some of them and keep others: those are asked for one by one.
    for (const { clientOrderId, symbol } of foreign(after.orders))
      if (clientOrderId !== null) await connection.cancel(clientOrderId, symbol);
    const count = foreign(after.orders).length;
    if (count > 0) log.warn({ count }, "orders still work after all were canceled");
    return after.orders.length === 0;
  }

  private isOurs({ clientOrderId }: VenueOrder): boolean {
    return clientOrderId?.startsWith(closingPrefix(this.parts.pull.id)) === true;
  }

  private nameOf(symbol: string, number: number): string {
    return closingOrderId(this.parts.pull.id, symbol, number);
  }

  /** How much of a holding an order can close: whole lots, and at least the venue's smallest order. */
  private async sellable(symbol: string, quantity: number): Promise<number> {
    const rule = await this.ruleOf(symbol);
    const size = Math.abs(quantity);
    if (rule === null) return size;
    const lots = rule.lotSize > 0 ? floorToStep(size, rule.lotSize) : size;
    return lots >= rule.quantityMin ? lots : 0;
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

  private async close(symbol: string, side: "buy" | "sell", quantity: number): Promise<void> {
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
    if (answer.kind === "rejected" && !this.mayLive(answer.code, clientOrderId))
      this.endedBySymbol.set(symbol, number + 1);
  }
}
