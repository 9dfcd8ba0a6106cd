import { hourMs } from "../../base/time.ts";

/** What kind of market a calendar stands for: how wild it is, what it costs, and when of the day it moves. */
export type MarketProfile = {
  readonly volatilityPerYear: number;
  readonly startPrice: number;
  readonly tickSize: number;
  /** Open time of a trading day. */
  readonly sessionMs: number;
  /** Variance that a closed stretch (night, weekend) leaves in the gap at the open, in days of variance. */
  readonly gapDays: number;
  /** Closed stretches per trading day. */
  readonly gapsPerDay: number;
  /** Activity over the day: `u` is high at open and close, `wave` peaks at 15:00 UTC. */
  readonly shape: "u" | "wave";
  readonly shapeSize: number;
};

const profiles: Readonly<Record<string, MarketProfile>> = {
  "24/5": {
    volatilityPerYear: 0.08,
    startPrice: 1.1,
    tickSize: 0.00001,
    sessionMs: 24 * hourMs,
    gapDays: 0.2,
    gapsPerDay: 0.2,
    shape: "wave",
    shapeSize: 0.5,
  },
  "us-equity": {
    volatilityPerYear: 0.2,
    startPrice: 100,
    tickSize: 0.01,
    sessionMs: 6.5 * hourMs,
    gapDays: 0.25,
    gapsPerDay: 1,
    shape: "u",
    shapeSize: 1.2,
  },
};

const aroundTheClock: MarketProfile = {
  volatilityPerYear: 0.6,
  startPrice: 100,
  tickSize: 0.01,
  sessionMs: 24 * hourMs,
  gapDays: 0,
  gapsPerDay: 0,
  shape: "wave",
  shapeSize: 0.25,
};

/** The profile of a calendar; markets that never close look like cryptocurrencies. */
export function marketProfile(calendarName: string): MarketProfile {
  return profiles[calendarName] ?? aroundTheClock;
}
