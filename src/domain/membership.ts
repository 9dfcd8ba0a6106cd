/** A stay in a universe, in days from 1970-01-01: the first day of it, and the first day after it. */
export type Stay = { readonly fromDay: number; readonly toDay: number };

/** Which symbols belonged to a universe, and when. A symbol that is not in it never did. */
export type Membership = ReadonlyMap<string, readonly Stay[]>;

/** Whether a symbol was a member on a day. */
export function wasMember(membership: Membership, symbol: string, day: number): boolean {
  return membership.get(symbol)?.some(({ fromDay, toDay }) => fromDay <= day && day < toDay) ?? false;
}

/** The end of an instrument's trading as it was announced. */
export type AnnouncedEnd = {
  /** Its last session, counted from 1970-01-01. */
  readonly lastDay: number;
  /** When that became known, UTC milliseconds: nobody goes by it earlier. */
  readonly knownFromMs: number;
};

/** Announced ends by symbol; a name that was used again has several. */
export type AnnouncedEnds = ReadonlyMap<string, readonly AnnouncedEnd[]>;
