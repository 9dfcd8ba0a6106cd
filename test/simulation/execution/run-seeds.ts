import { startRobot } from "../../../src/robot/start-robot.ts";
import { Coverage } from "./coverage.ts";
import { withBug, type PlantedBug } from "./planted-bugs.ts";
import { SharedTrial } from "./shared-trial.ts";
import { Trial, type Outcome, type TrialOptions } from "./trial.ts";
import { runTogether } from "./virtual-world.ts";

/** Worlds that take turns: more would push each other out of the processor's cache. */
const together = 8;

/** What came of many seeds. */
export type Seeds = {
  readonly count: number;
  readonly broken: readonly Outcome[];
  readonly coverage: Coverage;
  readonly orders: number;
  readonly fills: number;
  readonly events: number;
};

/**
 * Runs seeds from `from` on, until `count` of them are through or `isEnough` says so, which is asked now and then. A
 * seed that breaks a promise prints itself as the command that lets it happen again.
 */
export async function runSeeds(
  from: number,
  count: number,
  isEnough: (sofar: Seeds) => boolean = () => false,
  options: TrialOptions = { startRobot },
): Promise<Seeds> {
  const coverage = new Coverage();
  const broken: Outcome[] = [];
  const sums = { count: 0, orders: 0, fills: 0, events: 0 };
  const sofar = (): Seeds => ({ ...sums, broken, coverage });
  while (sums.count < count && !isEnough(sofar())) {
    const trials = Array.from({ length: Math.min(together, count - sums.count) }, (_, k) =>
      trialOf(from + sums.count + k, options),
    );
    await runTogether(trials);
    for (const trial of trials) {
      const outcome = trial.outcome();
      coverage.add(outcome.coverage);
      if (outcome.broken.length > 0) broken.push(outcome);
      sums.orders += outcome.orders;
      sums.fills += outcome.fills;
      sums.events += outcome.events;
    }
    sums.count += trials.length;
  }
  return sofar();
}

/** The world of a seed. */
export function trialOf(seed: number, options: TrialOptions): Trial | SharedTrial {
  return options.isShared === true ? new SharedTrial(seed, options) : new Trial(seed, options);
}

/** The first seed that shows a planted fault by breaking one of the promises it is meant to break, or null. */
export async function seedThatFinds(bug: PlantedBug, seedsMax: number): Promise<Outcome | null> {
  const finds = ({ broken }: Outcome): boolean => broken.some(({ promise }) => bug.breaks.includes(promise));
  const { broken } = await runSeeds(0, seedsMax, (sofar) => sofar.broken.some(finds), {
    startRobot: withBug(startRobot, bug),
    isUnlocked: bug.isUnlocked === true,
    faults: bug.faults,
    isShared: bug.isShared,
    closeAccount: bug.closeAccount,
  });
  return broken.find(finds) ?? null;
}

/** A broken promise in words, with the way to see it again. */
export function describe({ seed, broken }: Outcome): string {
  const lines = broken.map(({ promise, atMs, what }) => `  promise ${promise} at ${atMs}: ${what}`);
  return [`seed ${seed}   (again, with its story: SEED=${seed} npm run prove execution)`, ...lines].join(
    "\n",
  );
}
