import type { OrderRequest } from "../../domain/order.ts";
import type { Refusal } from "./review.ts";

/** An order that opens, and how much of it would pass if no other order opened at the same instant. */
export type Wish = {
  readonly order: OrderRequest;
  /** What of it only closes a position of the other side: that is never scaled. */
  readonly closing: number;
  /** What passes alone, `closing` included. */
  readonly alone: number;
  /** Why not all of it does; null where it does. */
  readonly refusal: Refusal | null;
  /** Commission and slippage as a share of notional: money that the order takes as well. */
  readonly costRate: number;
};

/** The account and its limits, as orders are carried into it one after the other. */
export type Room = {
  /** What a limit has against an order after all that was carried in, one that knows no sizes first; null for nothing. */
  limitOn(order: OrderRequest): Refusal | null;
  carry(order: OrderRequest): void;
  /** Forgets what was carried in. */
  rewind(): void;
  /** Value of all positions after what was carried in. */
  gross(): number;
};

/** The part of every wish for which there is room, and the limit that says so: `value` is what all wanted together. */
export type Share = { readonly factor: number; readonly refusal: Refusal };

/** Two factors that are this near give the same lots. */
const precision = 2e-13;

/**
 * The one factor by which all that opens at an instant is scaled so that every limit holds; null where all of it fits as it
 * is. What a limit refuses that knows no sizes (so many symbols at once) takes no room. The orders come in the order of
 * service, which decides only what no factor can.
 */
export function shareRoom(wishes: readonly Wish[], room: Room): Share | null {
  if (shortage(wishes, room, 1, false) === null) return null;
  const first = shortage(wishes, room, 1, true);
  if (first === null) return null;
  const refusal = wantedTogether(wishes, room, first);
  // Exact where the limit is about the sum of all positions, and a good place to begin where it is not.
  const guess = guessOf(wishes, room, refusal);
  let [low, high] = [0, 1];
  if (guess > 0 && guess < 1) {
    if (shortage(wishes, room, guess, true) !== null) high = guess;
    else if (shortage(wishes, room, guess * (1 + 1e-6), true) !== null) return { factor: guess, refusal };
    else low = guess;
  }
  while (high - low > precision * high && high > 1e-9) {
    const middle = (low + high) / 2;
    if (shortage(wishes, room, middle, true) === null) low = middle;
    else high = middle;
  }
  return { factor: low, refusal };
}

/** Carries the wishes in, scaled, and returns the first refusal that is about a size; null when there is room for all. */
function shortage(wishes: readonly Wish[], room: Room, factor: number, withCosts: boolean): Refusal | null {
  room.rewind();
  for (const wish of wishes) {
    const order = scaled(wish, factor, withCosts);
    let refusal = room.limitOn(order);
    // A limit of one order's own is not about its costs, and must not hide one of all of them.
    if (withCosts && refusal !== null && refusal.quantityMax === undefined)
      refusal = room.limitOn(scaled(wish, factor, false));
    if (refusal === null) room.carry(order);
    else if (refusal.quantityMax !== undefined) return refusal;
  }
  return null;
}

/** A wish in the size of a factor, enlarged by what it costs. */
function scaled({ order, closing, alone, costRate }: Wish, factor: number, withCosts: boolean): OrderRequest {
  const opening = (alone - closing) * factor;
  return { ...order, quantity: closing + opening * (withCosts ? 1 + costRate : 1), weightAtFill: null };
}

/** The refusal of an order as its rule words it when all the others have been carried in whole. */
function wantedTogether(wishes: readonly Wish[], room: Room, first: Refusal): Refusal {
  room.rewind();
  let own: OrderRequest = first.order;
  for (const wish of wishes) {
    if (wish.order.id === own.id) own = scaled(wish, 1, false);
    else room.carry(scaled(wish, 1, false));
  }
  const whole = room.limitOn(own);
  return whole?.quantityMax === undefined ? first : whole;
}

function guessOf(wishes: readonly Wish[], room: Room, { limit, value }: Refusal): number {
  room.rewind();
  const before = room.gross();
  for (const wish of wishes) room.carry(scaled(wish, 1, false));
  const after = room.gross();
  room.rewind();
  // Each with its costs: they take room too.
  for (const wish of wishes) room.carry(scaled(wish, 1, true));
  return ((after * limit) / value - before) / (room.gross() - before);
}
