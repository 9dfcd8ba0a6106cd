/** A stay in a universe, in days from 1970-01-01: the first day of it, and the first day after it. */
export type Stay = { readonly fromDay: number; readonly toDay: number };

/** Which symbols belonged to a universe, and when. A symbol that is not in it never did. */
export type Membership = ReadonlyMap<string, readonly Stay[]>;

/** Whether a symbol was a member on a day. */
export function wasMember(membership: Membership, symbol: string, day: number): boolean {
  return membership.get(symbol)?.some(({ fromDay, toDay }) => fromDay <= day && day < toDay) ?? false;
}
