import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { Finding } from "./check-result.ts";
import type { CheckSubject, GivenParams } from "./check-subject.ts";
import { compareTraces } from "./compare-traces.ts";
import { describeDifference, type Comparison } from "./describe-difference.ts";
import { newestBars } from "./newest-bars.ts";
import { growingRun, ordinaryRun } from "./run-trace.ts";
import { sampleParams } from "./sample-params.ts";

/** An ordinary run against one that grows bar by bar. */
export const knownBars: Comparison = {
  kind: "column",
  first: "when the bars after it are known",
  second: "when they are not",
};

/** What runs with other parameters show, and why some could not be made. */
export type SampledResult = {
  readonly findings: readonly Finding[];
  readonly setsRun: number;
  readonly refusals: ReadonlySet<string>;
};

/** Compares growing and ordinary runs with parameters from all over their ranges: a leak may hide in a corner. */
export async function sampledRuns(
  subject: CheckSubject,
  strategy: AnyStrategy,
  options: { readonly paramSets: number; readonly sampleBars: number; readonly seed: number },
  onBars: (bars: number) => void,
): Promise<SampledResult> {
  const findings: Finding[] = [];
  const refusals = new Set<string>();
  let setsRun = 0;
  for (const set of sampleParams(strategy, options.paramSets, new Prng(options.seed).fork("params"))) {
    try {
      findings.push(...(await sampleFindings(subject, set, options.sampleBars)));
      setsRun += 1;
    } catch (cause) {
      // A timeframe that these bars do not hold, a symbol that the run lacks: no set for this run.
      if (!(cause instanceof KiwiError)) throw cause;
      refusals.add(cause.parts.message);
    }
    onBars(subject.bars.reduce((sum, { length }) => sum + Math.min(length, options.sampleBars), 0));
  }
  return { findings, setsRun, refusals };
}

async function sampleFindings(
  subject: CheckSubject,
  params: GivenParams,
  sampleBars: number,
): Promise<readonly Finding[]> {
  const bars = newestBars(subject.bars, sampleBars);
  const growing = growingRun(subject, await subject.load(), params, bars);
  const whole = ordinaryRun(subject, await subject.load(), params, bars);
  const comparison: Comparison = {
    ...knownBars,
    second: `when they are not, with ${JSON.stringify(params)}`,
  };
  const symbols = bars.map(({ symbol }) => symbol);
  return compareTraces(whole, growing).map((one) => describeDifference(one, comparison, symbols));
}
