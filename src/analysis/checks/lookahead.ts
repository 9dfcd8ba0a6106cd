import { Prng } from "../../base/prng.ts";
import { formatTime } from "../../base/time.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { CheckResult, Finding } from "./check-result.ts";
import type { CheckSubject, GivenParams } from "./check-subject.ts";
import { compareTraces, rowsUntil } from "./compare-traces.ts";
import { describeDifference, type Comparison } from "./describe-difference.ts";
import { knownFuture } from "./known-future.ts";
import { noiseAfter } from "./noise-bars.ts";
import { growingRun, ordinaryRun, type RunTrace } from "./run-trace.ts";
import { sampleParams } from "./sample-params.ts";

/** How hard to look. */
export type LookaheadOptions = {
  /** At how many bars the future is replaced by noise. */
  readonly cuts: number;
  /** How many other parameter sets are tried, on the newest `sampleBars` bars of each symbol. */
  readonly paramSets: number;
  readonly sampleBars: number;
  readonly seed: number;
};

export type LookaheadResult = CheckResult<"lookahead"> & {
  /** Signals, orders, fills and all else that the ordinary run logged and the growing run confirmed or not. */
  readonly eventsCompared: number;
  readonly cuts: number;
  readonly paramSets: number;
};

/** What `kiwi check lookahead` does when nothing is said. */
export const lookaheadDefaults: LookaheadOptions = { cuts: 12, paramSets: 16, sampleBars: 2_000, seed: 1 };

const known: Comparison = {
  kind: "column",
  first: "when the bars after it are known",
  second: "when they are not",
};
const again: Comparison = { kind: "state", first: "in a first run", second: "in a second run" };
const perKindMax = 5;

/**
 * Looks for knowledge of the future. A run whose bars are appended one by one, so that at every bar the future does
 * not exist, must show the same columns, events and equity at every bar as an ordinary run; so must a second one;
 * runs whose bars after a cut are noise must show the same up to the cut; a market order must get another price when
 * the bars after it are others; and no series may move with the bars to come.
 */
export async function lookahead(
  subject: CheckSubject,
  options: LookaheadOptions = lookaheadDefaults,
): Promise<LookaheadResult> {
  const { bars, params } = subject;
  const symbols = bars.map(({ symbol }) => symbol);
  const strategy = await subject.load();
  const growing = growingRun(subject, strategy, params, bars);
  const second = growingRun(subject, strategy, params, bars);
  const fresh = await subject.load();
  const whole = ordinaryRun(subject, fresh, params, bars);
  const findings: Finding[] = [
    ...compareTraces(growing, second).map((one) => describeDifference(one, again, symbols)),
    ...compareTraces(whole, growing).map((one) => describeDifference(one, known, symbols)),
  ];
  // A run that stops at the same bar with and without the future shows nothing after it; that is for the user to mend.
  if (findings.length === 0 && whole.failure !== null) throw whole.failure;
  const cuts = cutTimes(whole, bars, options);
  for (const [k, cutMs] of cuts.entries()) {
    findings.push(...(await noiseFindings(subject, whole, cutMs, options.seed + k)));
  }
  findings.push(...knownFuture(whole));
  const sets = sampleParams(strategy, options.paramSets, new Prng(options.seed).fork("params"));
  for (const set of sets) findings.push(...(await sampleFindings(subject, set, options.sampleBars)));
  const total = bars.reduce((sum, { length }) => sum + length, 0);
  return {
    id: "lookahead",
    pass: findings.length === 0,
    findings: firstOfEach(findings),
    notes: notesOf(whole, sets, options),
    strategyName: strategy.name,
    barsGiven: total,
    barsCompared: total,
    columnsCompared: whole.columns.length,
    eventsCompared: whole.events.length,
    cuts: cuts.length,
    paramSets: sets.length,
  };
}

/** Half of the cuts anywhere, the other half at bars on which a market order was sent: what it gets is not known yet. */
function cutTimes(whole: RunTrace, bars: readonly Bars[], { cuts, seed }: LookaheadOptions): readonly number[] {
  const prng = new Prng(seed).fork("cuts");
  const longest = bars.reduce((a, b) => (b.length > a.length ? b : a));
  const orders = [...whole.marketOrders.values()].filter(({ filledMs }) => !Number.isNaN(filledMs));
  const times = new Set<number>();
  for (let k = 0; k < cuts; k++) {
    const share = (k + prng.next()) / cuts;
    const atOrder = k % 2 === 1 ? orders[Math.floor(share * orders.length)] : undefined;
    times.add(atOrder?.requestedMs ?? longest.closeTimeMs[Math.floor(share * (longest.length - 1))]!);
  }
  return [...times].sort((a, b) => a - b);
}

async function noiseFindings(
  subject: CheckSubject,
  whole: RunTrace,
  cutMs: number,
  seed: number,
): Promise<readonly Finding[]> {
  const noisy = subject.bars.map((bars) => noiseAfter(bars, cutMs, seed));
  const strategy: AnyStrategy = await subject.load();
  const trace = ordinaryRun(subject, strategy, subject.params, noisy);
  const comparison: Comparison = {
    kind: "column",
    first: "with the bars as they are",
    second: `when those after ${formatTime(cutMs)} are replaced by noise`,
  };
  const symbols = subject.bars.map(({ symbol }) => symbol);
  return [
    ...compareTraces(whole, trace, cutMs).map((one) => describeDifference(one, comparison, symbols)),
    ...fillsKnownBefore(whole, trace, cutMs, symbols),
  ];
}

/** Market orders sent at the cut whose price does not depend on the bars after it, or came on the very bar. */
function fillsKnownBefore(
  whole: RunTrace,
  noisy: RunTrace,
  cutMs: number,
  symbols: readonly string[],
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [id, order] of whole.marketOrders) {
    const other = noisy.marketOrders.get(id);
    if (order.requestedMs !== cutMs || other === undefined || other.requestedMs !== cutMs) continue;
    const isSamePrice = order.price === other.price;
    if (!isSamePrice && !(order.filledMs <= cutMs)) continue;
    const symbol = symbols[order.instrument] ?? "";
    const how = isSamePrice
      ? `fills at ${order.price} whatever the bars after it are`
      : `fills on the bar that caused it`;
    findings.push({
      kind: "fill",
      culprit: `order ${id}`,
      symbol,
      timeMs: cutMs,
      shown: order.price,
      otherwise: other.price,
      sentence: `the market order for ${symbol} sent at ${formatTime(cutMs)} ${how}: it got a price from before it was sent`,
    });
  }
  return findings;
}

/** The first comparison alone, with other parameters, on fewer bars. */
async function sampleFindings(
  subject: CheckSubject,
  params: GivenParams,
  sampleBars: number,
): Promise<readonly Finding[]> {
  const bars = newestBars(subject.bars, sampleBars);
  const growing = growingRun(subject, await subject.load(), params, bars);
  const whole = ordinaryRun(subject, await subject.load(), params, bars);
  const comparison: Comparison = { ...known, second: `when they are not, with ${JSON.stringify(params)}` };
  const symbols = bars.map(({ symbol }) => symbol);
  return compareTraces(whole, growing).map((one) => describeDifference(one, comparison, symbols));
}

/** The newest bars of all symbols, from one time on, at most `count` of each; copied. */
export function newestBars(bars: readonly Bars[], count: number): readonly Bars[] {
  const fromMs = Math.max(
    ...bars.map(({ closeTimeMs, length }) => (length <= count ? -Infinity : closeTimeMs[length - count]!)),
  );
  if (fromMs === -Infinity) return bars;
  return bars.map((table) => sliceBars(table, rowsUntil(table, fromMs - 1), table.length));
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

function notesOf(whole: RunTrace, sets: readonly GivenParams[], options: LookaheadOptions): readonly string[] {
  const notes: string[] = [];
  if (!hasSignal(whole))
    notes.push("the strategy gave no signal on these bars, so only its series were compared");
  if (sets.length > 0)
    notes.push(
      `${sets.length} other parameter sets were compared on the newest ${options.sampleBars} bars of each symbol`,
    );
  return notes;
}

function hasSignal({ events }: RunTrace): boolean {
  for (let row = 0; row < events.length; row++) if (events.at(row)!.kind === "signal") return true;
  return false;
}
