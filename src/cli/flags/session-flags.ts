import { fetchFlags } from "./data-flags.ts";
import type { RunFlag } from "./run-flag.ts";
import { strategyFlags } from "./run-flags.ts";

/** What a session takes of the flags of a backtest: the rest is about bars of the past. */
const kept: ReadonlySet<string> = new Set([
  "pairs",
  "timeframe",
  "sizing",
  "risk",
  "protection",
  // What files say beside the bars holds while it trades as well.
  "universe",
  "delistings",
  "actions",
]);

/** The flags of commands that trade. */
export const sessionFlags: readonly RunFlag[] = [
  ...fetchFlags,
  ...strategyFlags.filter(({ path }) => kept.has(path[0]!)),
];
