/** Who holds how much of one symbol, signed: the sessions of an account, and what is none of theirs. */
export type Claims = { readonly bySeat: readonly number[]; readonly nobodys: number };

/**
 * Divides a fill that no session ordered, signed: who trades by hand trades for himself as long as he holds something to
 * trade with. What goes beyond that takes away from the sessions that hold the other side, each by its part. Returns what
 * falls to each session; the rest is nobody's.
 */
export function divideStrange(quantity: number, { bySeat, nobodys }: Claims): readonly number[] {
  const sign = Math.sign(quantity);
  const own = Math.sign(nobodys) === -sign ? Math.abs(nobodys) : 0;
  const beyond = Math.max(0, Math.abs(quantity) - own);
  const against = bySeat.map((held) => (Math.sign(held) === -sign ? Math.abs(held) : 0));
  const total = against.reduce((sum, held) => sum + held, 0);
  const share = total === 0 ? 0 : Math.min(1, beyond / total);
  return against.map((held) => sign * held * share);
}

/** Divides a fill of the kill switch: it closes the net holding of the account, and so a like share of everybody's. */
export function divideClosing(quantity: number, { bySeat, nobodys }: Claims): readonly number[] {
  const net = bySeat.reduce((sum, held) => sum + held, nobodys);
  const share = net * quantity < 0 ? Math.min(1, Math.abs(quantity / net)) : 0;
  return bySeat.map((held) => (held === 0 ? 0 : -held * share));
}
