import { signOf } from "../../../src/domain/order.ts";
import { sessionOf } from "../../../src/robot/client-order-id.ts";
import type { VenueOrder } from "../../../src/ports/broker-connection.ts";
import type { ExchangeSide } from "./exchange-side.ts";
import type { BrokenPromises, Life } from "./promises.ts";
import { sliceMs } from "./small-market.ts";

/** Slices for which what an earlier session has left may still open something while nothing hinders the robot. */
const openingSlicesMax = 24;

/** Sessions that follow each other on one account, each with a strategy of its own: of the one before, the name is known. */
export class Sessions {
  private number = 0;

  /** Its orders bear this. */
  get tag(): string {
    return this.number === 0 ? "sim" : `sim${this.number}`;
  }

  /** What the chances of its strategy come from. */
  strategySeed(seed: number): number {
    return seed + this.number * 1_000_003;
  }

  next(): void {
    this.number += 1;
  }

  /** Whether one of this name is over. */
  isOver(tag: string): boolean {
    return tag !== this.tag && tag.startsWith("sim");
  }

  /** Whether an order was sent by one that is over. */
  hasSent({ clientOrderId }: VenueOrder): boolean {
    return clientOrderId !== null && this.isOver(sessionOf(clientOrderId) ?? "");
  }
}

/** Looks, after every slice of the market, at what earlier sessions have left at the venue. */
export class TakeoverPromise {
  private readonly venue: ExchangeSide;
  private readonly sessions: Sessions;
  private readonly broken: BrokenPromises;
  /** For how many slices each could open something, by its name. */
  private readonly slices = new Map<string, number>();
  /** Symbols in which such an order has filled since the session of now began: what is held there is not what it wants. */
  readonly changed = new Set<string>();

  constructor(venue: ExchangeSide, sessions: Sessions, broken: BrokenPromises) {
    this.venue = venue;
    this.sessions = sessions;
    this.broken = broken;
    venue.listen({
      onFill: ({ clientOrderId, symbol }) => {
        if (sessions.isOver(sessionOf(clientOrderId ?? "") ?? "")) this.changed.add(symbol);
      },
    });
  }

  look(life: Life | null, isBlocked: (symbol: string) => boolean): void {
    if (life === null || !life.isRunning() || !life.isHearing()) return;
    for (const { clientOrderId, symbol } of this.opening()) {
      if (isBlocked(symbol)) continue;
      const slices = (this.slices.get(clientOrderId!) ?? 0) + 1;
      this.slices.set(clientOrderId!, slices);
      if (slices === openingSlicesMax + 1)
        this.broken.say(26, `${clientOrderId} may open ${symbol} for ${(slices * sliceMs) / 1_000} s`);
    }
  }

  lookAtEnd(): void {
    for (const { clientOrderId, symbol } of this.opening())
      this.broken.say(26, `${clientOrderId} may still open ${symbol}`);
  }

  /** Those that could make a holding larger, or turn it. */
  private opening(): readonly VenueOrder[] {
    const { venue, sessions } = this;
    const earlier = venue.openOrders().filter((order) => sessions.hasSent(order));
    if (venue.hasReduceOnly) return earlier.filter(({ reduceOnly }) => !reduceOnly);
    return earlier.filter(({ symbol, side }) => {
      const beside = earlier.filter((other) => other.symbol === symbol && other.side === side);
      const left = beside.reduce((sum, { quantity, filledQuantity }) => sum + quantity - filledQuantity, 0);
      return left > Math.max(0, -signOf(side) * venue.held(symbol)) + 1e-9;
    });
  }
}
