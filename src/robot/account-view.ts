import type { AccountSnapshot } from "../ports/broker-connection.ts";
import type { Day } from "./day-book.ts";
import type { EngineView, HeldPosition } from "./engine/engine-view.ts";

/** What an account has, and what it has made; money in the account's currency. */
export type AccountView = {
  /** Cash. */
  readonly balance: number;
  /** The lower of what the venue and our own books say, which is what the limits go by. */
  readonly equity: number;
  /** What new positions may use, by the venue; null before it was asked. */
  readonly marginAvailable: number | null;
  /** Since the market's day began. */
  readonly dayPnl: number;
  readonly dayFills: number;
  /** Sum of |position value|, and as a share of equity. */
  readonly exposure: number;
  readonly exposureShare: number;
  readonly positions: readonly HeldPosition[];
};

/** The account as a person reads it: by our books, and by the venue's where it alone knows. */
export function accountView(view: EngineView, venue: AccountSnapshot | null, day: Day | null): AccountView {
  // The lower of the venue's figure and ours, as the triggers see it: of one line every number has one source.
  const equity = day?.lastEquity ?? venue?.equity ?? view.equity;
  const positions = view.positions.map((position) => ({ ...position, share: position.value / equity }));
  const exposure = positions.reduce((sum, { value }) => sum + Math.abs(value), 0);
  return {
    balance: view.cash,
    equity,
    marginAvailable: venue?.buyingPower ?? null,
    // What was put in or taken out is in both of its figures.
    dayPnl: day === null ? 0 : equity - day.startEquity,
    dayFills: day?.fills ?? 0,
    exposure,
    exposureShare: exposure / equity,
    positions,
  };
}
