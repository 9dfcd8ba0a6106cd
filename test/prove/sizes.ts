import { kiwiConfigSchema, runConfigOf } from "../../src/app/config/config-schema.ts";
import { executeRun } from "../../src/app/runs/execute-run.ts";
import { TrialRunner } from "../../src/app/search/trial-runner.ts";
import { validate } from "../../src/app/validation/validation.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { randomWalk } from "../../bench/random-walk.ts";

/** Share of walks on which each test at 5 % says that there is something; there is nothing on any of them. */
export type Sizes = Readonly<
  Record<"psr" | "interval" | "realityCheck" | "spa" | "permutation" | "randomEntries", number>
>;

const config = kiwiConfigSchema.parse({
  account: { kind: "margin", leverage: 1 },
  costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
});
const pairs = [2, 4, 8, 12].flatMap((fast) => [16, 24, 40].map((slow) => ({ fast, slow, short: true })));
const noticed = 0.05;

/** Validates a strategy on walks without drift, at no costs: the share of them in which each test is wrong. */
export function measureSizes(seeds: number, bars: number): Sizes {
  const counts = { psr: 0, interval: 0, realityCheck: 0, spa: 0, permutation: 0, randomEntries: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const setup = {
      bars: [randomWalk(bars, seed)],
      strategy: smaCross,
      params: pairs[seed % pairs.length]!,
      config: runConfigOf(config),
    };
    const request = { config };
    const runner = new TrialRunner({ setup, request }, { measuring: { keys: [], folds: 1, holdout: 0 } });
    const trials = pairs.flatMap((params, index) => {
      const outcome = runner.run({ index, params, settings: {}, share: 1, wantsReturns: true });
      return outcome.kind === "measured" ? [outcome.returns!] : [];
    });
    const result = executeRun(setup, { withBenchmark: false });
    const found = validate({ setup, result, trials, seed, onStage: () => {}, onDone: () => {} });
    const interval = found.intervals.sharpe;
    if ((result.metrics.psr ?? 0) >= 1 - noticed) counts.psr += 1;
    if (interval !== null && (interval.low > 0 || interval.high < 0)) counts.interval += 1;
    if (found.ability!.realityCheck <= noticed) counts.realityCheck += 1;
    if (found.ability!.spa <= noticed) counts.spa += 1;
    if (found.permutation!.probability <= noticed) counts.permutation += 1;
    if (found.randomEntries!.probability <= noticed) counts.randomEntries += 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / seeds])) as Sizes;
}

/** A test at 5 % is wrong on 2 to 9 of a hundred walks; one that is careful on fewer. */
const [sizeMax, seedsFull, barsFull] = [0.09, 200, 2_400] as const;

/** The full size, for docs/proofs.md. Throws where a test cries wolf too often. */
export function prove(): string {
  const sizes = measureSizes(seedsFull, barsFull);
  const loud = Object.entries(sizes).filter(([, size]) => size > sizeMax);
  if (loud.length > 0) throw new Error(`too often: ${JSON.stringify(loud)}`);
  const rows = Object.entries(sizes).map(([name, size]) => `| ${name} | ${(100 * size).toFixed(1)} % |`);
  return [`| ${seedsFull} walks of ${barsFull} bars, tests at 5 % | wrong |`, "|---|---|", ...rows].join(
    "\n",
  );
}
