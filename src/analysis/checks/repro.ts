import type { CheckResult, Finding } from "./check-result.ts";
import { compareTraces } from "./compare-traces.ts";
import { describeDifference, type Comparison } from "./describe-difference.ts";
import type { RunTrace } from "./run-trace.ts";

/** One of the runs that must be alike, and where it ran. */
export type ReproRun = { readonly where: string; readonly trace: RunTrace };

/** Whether runs were alike, and the identity of each. */
export type ReproResult = CheckResult<"repro"> & {
  /** The identity of each run. */
  readonly runs: readonly { readonly where: string; readonly decisionsHash: string }[];
};

/** Whether all runs showed and decided the same as the first one; names the first place where one did not. */
export function compareRuns(runs: readonly ReproRun[], strategyName: string, barsGiven: number): ReproResult {
  const [first, ...others] = runs;
  const bars = first!.trace.decided;
  const symbols = bars.map(({ symbol }) => symbol);
  const findings: Finding[] = others.flatMap(({ where, trace }) => {
    const comparison: Comparison = { kind: "repro", first: `in ${first!.where}`, second: `in ${where}` };
    return compareTraces(first!.trace, trace).map((one) => describeDifference(one, comparison, symbols));
  });
  return {
    id: "repro",
    pass: findings.length === 0,
    findings,
    notes: [],
    strategyName,
    barsGiven,
    barsCompared: barsGiven,
    columnsCompared: first!.trace.columns.length,
    runs: runs.map(({ where, trace }) => ({ where, decisionsHash: trace.decisionsHash })),
  };
}
