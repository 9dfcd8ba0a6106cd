import { assert } from "../base/assert.ts";
import { dayMs } from "../base/time.ts";
import type { FeeTier } from "../domain/cost-tables.ts";
import type { CommissionModel } from "../ports/costs.ts";

/** A tier is what the last so many whole days of UTC earned. */
const volumeDays = 30;

/**
 * Commission by what the account has traded: of the schedule in force, the tier of the largest volume that the 30 whole
 * days of UTC before the day of a fill reached. An account begins with none. A model of one account: it remembers.
 */
export function tieredCommission(tiers: readonly FeeTier[]): CommissionModel {
  assert(tiers.length > 0, "a schedule has a tier");
  /** What was traded on each of the days that may still count, oldest first. */
  let days: { readonly day: number; volume: number }[] = [];
  let present = tierOf(tiers, -Infinity, 0);
  let today = -Infinity;
  return {
    fee: (_quantity, notional, liquidity) => notional * present[liquidity],
    rate: () => present.taker,
    at(timeMs) {
      const day = Math.floor(timeMs / dayMs);
      if (day === today) return;
      today = day;
      days = days.filter((one) => one.day >= day - volumeDays);
      present = tierOf(
        tiers,
        timeMs,
        days.reduce((sum, { volume }) => sum + volume, 0),
      );
    },
    traded(notional) {
      const last = days.at(-1);
      if (last?.day === today) last.volume += notional;
      else days.push({ day: today, volume: notional });
    },
  };
}

/** The tier that holds; the first one of all where time or volume are below it, for something is always taken. */
function tierOf(tiers: readonly FeeTier[], timeMs: number, volume: number): FeeTier {
  const inForce = tiers.findLast(({ fromMs }) => fromMs <= timeMs)?.fromMs ?? tiers[0]!.fromMs;
  const schedule = tiers.filter(({ fromMs }) => fromMs === inForce);
  return schedule.findLast((tier) => tier.volume <= volume) ?? schedule[0]!;
}
