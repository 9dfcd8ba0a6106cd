import type { Scenario } from "./coverage.ts";
import { noLinkFaults, type FaultPlan, type LinkFaults, type Mishap } from "./faults.ts";

/** A world made for what chance hardly reaches, with what must happen in it. */
export type RareWorld = {
  /** Drawn by chance where nothing is said. */
  readonly faults?: FaultPlan;
  /** Whether two strategies share the account. */
  readonly isShared?: boolean;
  /** The largest quantity that the venue takes in one order. */
  readonly quantityMax?: number;
  readonly reaches: readonly Scenario[];
};

/** Persons who end the robot and start another strategy on its account. */
export const followingSessions: FaultPlan = plan(
  { requestLost: 0.1, answerLost: 0.1, eventLost: 0.1, answerLate: 0.1 },
  ["another session", "another session", "crash at a call"],
  ["another session"],
);

/**
 * Every seed of these has the same things go wrong, at times and in markets of its own: kill switches, closed venues and
 * orders that are forgotten are a few in a thousand worlds of chance, and what is rare there proves little.
 */
export const rareWorlds: Readonly<Record<string, RareWorld>> = {
  "kill switches that the venue half obeys": {
    faults: plan(
      { cancelLimited: 0.5, answerLost: 0.2, eventLost: 0.2 },
      [],
      ["kill switch", "kill switch", "kill switch"],
    ),
    reaches: [22, 27],
  },
  "a venue that closes and bans, with steps that grow": {
    faults: plan(
      { eventLate: 0.2 },
      [],
      ["venue closes", "venue closes", "ban", "rules change", "rules change"],
    ),
    reaches: [11, 48, 79],
  },
  "one symbol fails and orders are forgotten": {
    faults: plan(
      { eventLost: 0.3, questionFails: 0.2 },
      [
        "symbol fails",
        "symbol fails",
        "forgets orders",
        "forgets orders",
        "forgets orders",
        "forgets orders",
      ],
      [],
    ),
    reaches: [31, 54, 85],
  },
  "halts while the venue is away, overfills, clocks and a second robot": {
    faults: plan(
      { requestLost: 0.1 },
      ["halt", "halt", "halt", "overfill", "second robot", "clock jump", "stall", "manual trade while away"],
      [],
    ),
    reaches: [32, 53, 56, 58, 64],
  },
  "other strategies that follow each other on the account": {
    faults: followingSessions,
    reaches: [55],
  },
  "a venue that takes small orders alone": { quantityMax: 90, reaches: [1, 2, 28] },
  "two strategies that share the account": { isShared: true, reaches: [1, 2, 28] },
};

function plan(link: Partial<LinkFaults>, mishaps: readonly Mishap[], later: readonly Mishap[]): FaultPlan {
  return { link: { ...noLinkFaults, ...link }, mishaps, later };
}
