import type { AccountSnapshot, VenueFill, VenueOrder } from "../../ports/broker-connection.ts";

/**
 * Whether an execution can be booked. A number that cannot be read would spoil every number that it is added to, for ever: the
 * total of its order or the holding tell of it later.
 */
export function isReadableFill({ quantity, price, fee, venueTimeMs }: VenueFill): boolean {
  return quantity > 0 && [quantity, price, fee, venueTimeMs].every(Number.isFinite);
}

/** Whether anything can be concluded from how an order is said to stand. */
export function isReadableOrder({ quantity, filledQuantity, venueTimeMs }: VenueOrder): boolean {
  return (
    quantity >= 0 && filledQuantity >= 0 && [quantity, filledQuantity, venueTimeMs].every(Number.isFinite)
  );
}

/** An account of which every number can be read. Throws for another: a position that nobody can read is not closed, and not none. */
export function readable(snapshot: AccountSnapshot): AccountSnapshot {
  const { equity, balance, cash, positions } = snapshot;
  if (!Number.isFinite(equity)) throw new Error(`the venue tells an equity of ${equity}`);
  if (!Number.isFinite(balance)) throw new Error(`the venue tells a balance of ${balance}`);
  for (const [currency, amount] of cash)
    if (!Number.isFinite(amount)) throw new Error(`the venue tells ${amount} ${currency}`);
  for (const [symbol, { quantity }] of positions)
    if (!Number.isFinite(quantity)) throw new Error(`the venue tells a position of ${quantity} ${symbol}`);
  return snapshot;
}
