import type { CheckResult, Finding } from "./check-result.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { CheckSubject } from "./check-subject.ts";
import { countWork } from "./check-work.ts";
import { compareTraces } from "./compare-traces.ts";
import { describeDifference, type Comparison } from "./describe-difference.ts";
import { knownFuture } from "./known-future.ts";
import { noiseRuns } from "./noise-runs.ts";
import { growingRun, ordinaryRun, type RunTrace } from "./run-trace.ts";
import { knownBars, sampledRuns, type SampledResult } from "./sampled-runs.ts";
import { tooFewBars } from "./too-few-bars.ts";

/** How hard to look. */
export type LookaheadOptions = {
  /** At how many bars the future is replaced by noise. */
  readonly cuts: number;
  /** How many other parameter sets are tried, on the newest `sampleBars` bars of each symbol. */
  readonly paramSets: number;
  readonly sampleBars: number;
  readonly seed: number;
};

/** What the look for the future found, and how far it looked. */
export type LookaheadResult = CheckResult<"lookahead"> & {
  /** Signals, orders, fills and all else that the ordinary run logged and the growing run confirmed or not. */
  readonly eventsCompared: number;
  readonly cuts: number;
  readonly paramSets: number;
};

/** What `kiwi check lookahead` does when nothing is said. */
export const lookaheadDefaults: LookaheadOptions = { cuts: 12, paramSets: 16, sampleBars: 2_000, seed: 1 };

const again: Comparison = { kind: "state", first: "in a first run", second: "in a second run" };
const perKindMax = 5;

/**
 * Looks for knowledge of the future. A run whose bars are appended one by one, so that at every bar the future does
 * not exist, must show the same columns, events and equity at every bar as an ordinary run; so must a second one;
 * runs whose bars after a cut are noise must show the same up to the cut; a market order must get another price when
 * the bars after it are others; and no series may move with the bars to come.
 * Throws what a run of the strategy throws when it does so with and without the future, and `CHECK_TOO_FEW_BARS`.
 */
export async function lookahead(
  subject: CheckSubject,
  options: LookaheadOptions = lookaheadDefaults,
): Promise<LookaheadResult> {
  const { bars, params } = subject;
  const total = bars.reduce((sum, { length }) => sum + length, 0);
  if (total === 0) throw tooFewBars("to look for the future", "there are none", "give bars with --data");
  const symbols = bars.map(({ symbol }) => symbol);
  const strategy = await subject.load();
  const took = countWork(subject, workOf(strategy, total, bars.length, options));
  const grown = (count: number): void => took(growingWork * count);
  const growing = growingRun(subject, strategy, params, bars, grown);
  const second = growingRun(subject, strategy, params, bars, grown);
  const fresh = await subject.load();
  const whole = ordinaryRun(subject, fresh, params, bars);
  took(total);
  const findings: Finding[] = [
    ...compareTraces(growing, second).map((one) => describeDifference(one, again, symbols)),
    ...compareTraces(whole, growing).map((one) => describeDifference(one, knownBars, symbols)),
  ];
  // A run that stops at the same bar with and without the future shows nothing after it; that is for the user to mend.
  if (findings.length === 0 && whole.failure !== null) throw whole.failure;
  const noise = await noiseRuns(subject, whole, options, () => took(total));
  const sampled = await sampledRuns(subject, strategy, options, (count) => took((growingWork + 1) * count));
  findings.push(...noise.findings, ...knownFuture(whole), ...sampled.findings);
  return {
    id: "lookahead",
    pass: findings.length === 0,
    findings: firstOfEach(findings),
    notes: notesOf(whole, sampled, options),
    strategyName: strategy.name,
    barsGiven: total,
    barsCompared: total,
    columnsCompared: whole.columns.length,
    eventsCompared: whole.events.length,
    cuts: noise.cuts,
    paramSets: sampled.setsRun,
  };
}

/** What a bar of a growing run takes, in bars of an ordinary one. */
const growingWork = 5;

/** The bars of all runs: three whole ones, one for each cut, and two of a few bars for each set of parameters. */
function workOf(
  { params }: AnyStrategy,
  total: number,
  symbols: number,
  { cuts, paramSets, sampleBars }: LookaheadOptions,
): number {
  const sets = Object.keys(params).length === 0 ? 0 : paramSets;
  return (
    total * (2 * growingWork + 1 + cuts) + (growingWork + 1) * sets * Math.min(total, symbols * sampleBars)
  );
}

/** One leak shows in many runs: it is named a few times, earliest comparison first. */
function firstOfEach(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return findings.filter((finding) => {
    const key = `${finding.kind} ${finding.kind === "fill" ? "" : finding.culprit} ${finding.symbol}`;
    const count = counts.get(finding.kind) ?? 0;
    if (seen.has(key) || count >= perKindMax) return false;
    seen.add(key);
    counts.set(finding.kind, count + 1);
    return true;
  });
}

function notesOf(
  whole: RunTrace,
  { setsRun, refusals }: SampledResult,
  { sampleBars }: LookaheadOptions,
): readonly string[] {
  const notes: string[] = [];
  if (!hasSignal(whole))
    notes.push("the strategy gave no signal on these bars, so only its series were compared");
  if (setsRun > 0)
    notes.push(
      `${setsRun} other parameter sets were compared on the newest ${sampleBars} bars of each symbol`,
    );
  if (refusals.size > 0)
    notes.push(`parameter sets that cannot run on these bars were left out: ${[...refusals].join("; ")}`);
  return notes;
}

function hasSignal({ events }: RunTrace): boolean {
  for (let row = 0; row < events.length; row++) if (events.at(row)!.kind === "signal") return true;
  return false;
}
