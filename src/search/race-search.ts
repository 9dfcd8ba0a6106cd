import { Prng } from "../base/prng.ts";
import type { Proposal, Proposer, Tried } from "./proposer.ts";
import { drawMany } from "./random-search.ts";
import type { SearchSpace } from "./search-space.ts";
import { studentTail } from "./student-tail.ts";

/** A trial is stopped where one that is no worse than the leader would be so far behind less often than this. */
const doubtMin = 0.05;

/** Where a lap stops fewer than this share, nobody is told apart: the next lap is the last, for each costs bars. */
const tellingMin = 0.25;

/** Parts of the time in which trials of a race are compared, where nobody says how many. */
export const usualParts = 8;
/** Fewer differences say nothing about how much they scatter. */
export const partsMin = 4;

/**
 * A race: all trials on few bars, then those that are not clearly behind on twice as many, until the last ones see
 * all. Behind is judged by the differences to the leader in each part of the time, which markets that are good for both
 * leave out. A trial that has no value on few bars may have one on more, and runs on.
 * Source: Maron and Moore, The Racing Algorithm (1997), with paired tests as in Birattari et al. (2002).
 */
export function raceSearch(space: SearchSpace, trialsMax: number, seed: number, laps: number): Proposer {
  const first = 2 ** (1 - laps);
  return {
    next(tried) {
      const share = Math.max(...tried.map((one) => one.share), 0);
      if (share === 1) return [];
      if (share === 0)
        return drawMany(space, trialsMax, new Prng(seed).fork("race"), new Set()).map((point) => ({
          point,
          share: first,
        }));
      const { runners, stopped } = judge(tried, share);
      const isTelling = stopped.size >= tellingMin * runners.length;
      const after = isTelling ? share * 2 : 1;
      return runners.filter(({ trial }) => !stopped.has(trial)).map(({ point }) => ({ point, share: after }));
    },
    stopped(tried) {
      const shares = [...new Set(tried.map(({ share }) => share))].filter((share) => share < 1);
      return new Map(shares.flatMap((share) => [...judge(tried, share).stopped]));
    },
  };
}

type Runner = Tried & { readonly trial: number };

/** Who ran on a share of the bars, and who of them is stopped, with the words for it. */
function judge(
  tried: readonly Tried[],
  share: number,
): {
  readonly runners: readonly (Proposal & { trial: number })[];
  readonly stopped: ReadonlyMap<number, string>;
} {
  const runners = tried.flatMap((one, trial): readonly Runner[] =>
    one.share === share ? [{ ...one, trial }] : [],
  );
  const [leader] = runners
    .filter(({ value }) => value !== null)
    .toSorted((a, b) => b.value! - a.value! || a.trial - b.trial);
  const stopped = new Map<number, string>();
  for (const runner of runners) {
    const why = runner.parts.length === 0 ? "it has no result" : leader && whyBehind(runner, leader);
    if (why !== undefined) stopped.set(runner.trial, why);
  }
  return { runners, stopped };
}

/** How far a trial is behind the leader, where that is no chance. */
function whyBehind({ parts }: Runner, leader: Runner): string | undefined {
  if (parts.includes(null)) return undefined;
  const differences = leader.parts.map((part, k) => part! - parts[k]!);
  const count = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  if (mean <= 0) return undefined;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const doubt = variance === 0 ? 0 : studentTail(mean / Math.sqrt(variance / count), count - 1);
  if (doubt >= doubtMin) return undefined;
  const chance = doubt < 0.0001 ? "less than 0.01" : (100 * doubt).toFixed(2);
  return `behind trial ${leader.trial} by ${mean.toPrecision(3)} in the mean of ${count} parts, which chance does in ${chance} %`;
}
