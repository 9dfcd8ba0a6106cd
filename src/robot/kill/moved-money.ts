import { z } from "zod";

/** An account as the venue told it at one moment, as far as money that moves without a trade shows in it. */
export const venueMoney = z.object({
  /** In the account's currency. */
  cash: z.number(),
  equity: z.number(),
  venueTimeMs: z.number(),
  /** Signed quantities by symbol; what is not held is left out. */
  held: z.record(z.string(), z.number()),
  /** Equity by our books at that moment. */
  ownEquity: z.number(),
});

/** Money and holdings of one moment. */
export type VenueMoney = z.output<typeof venueMoney>;

/** A fill so shortly before a look may be in one of its figures and not in the other. */
const settleMs = 5_000;
/** A charge (funding, interest, a fee) takes less of the equity than this at once; what takes more was taken out. */
const withdrawnMin = 0.01;
/** While orders fill, only so much more at the venue than in our books is for certain no profit. */
const depositedMin = 0.05;

/**
 * Money that came (positive) or went between two looks at an account, in its currency: deposits, withdrawals, coins that
 * were sent. Between looks without a fill cash moves only so. What came is never profit; of what went, little is a charge
 * and counts as a loss, as does what cannot be told from one: a loss that is hidden would cost more than a false alarm.
 */
export function movedBetween(before: VenueMoney, now: VenueMoney, lastFillMs: number): number {
  if (!(now.venueTimeMs > before.venueTimeMs)) return 0;
  if (lastFillMs > before.venueTimeMs - settleMs) {
    const more = now.equity - before.equity - (now.ownEquity - before.ownEquity);
    return more > depositedMin * Math.abs(before.equity) ? more : 0;
  }
  const cash = now.cash - before.cash;
  const isSame = isSameHolding(before, now);
  // Holdings and cash together change by a fill that has not been told yet.
  if (!isSame && cash !== 0) return 0;
  // Coins that were sent are no cash: what they are worth shows in the equity.
  const moved = isSame ? cash : now.equity - before.equity;
  return moved > 0 || -moved >= withdrawnMin * Math.abs(before.equity) ? moved : 0;
}

function isSameHolding(before: VenueMoney, now: VenueMoney): boolean {
  const symbols = new Set([...Object.keys(before.held), ...Object.keys(now.held)]);
  for (const symbol of symbols) {
    const [then, since] = [before.held[symbol] ?? 0, now.held[symbol] ?? 0];
    if (Math.abs(then - since) > Math.abs(since) * 1e-9) return false;
  }
  return true;
}
