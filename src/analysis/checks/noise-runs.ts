import { Prng } from "../../base/prng.ts";
import { formatTime } from "../../base/time.ts";
import type { Finding } from "./check-result.ts";
import type { Bars } from "../../domain/bars.ts";
import type { CheckSubject } from "./check-subject.ts";
import { compareTraces } from "./compare-traces.ts";
import { describeDifference, type Comparison } from "./describe-difference.ts";
import { noiseAfter } from "./noise-bars.ts";
import { ordinaryRun, type RunTrace } from "./run-trace.ts";

/** What runs with a noisy future show, and how many there were. */
type NoiseResult = { readonly findings: readonly Finding[]; readonly cuts: number };

/**
 * Replaces everything after a bar by noise, at `cuts` bars in turn: up to that bar an ordinary run must show what
 * `whole` does, and what market orders sent there get must depend on the noise.
 */
export async function noiseRuns(
  subject: CheckSubject,
  whole: RunTrace,
  { cuts, seed }: { readonly cuts: number; readonly seed: number },
  onRun: () => void,
): Promise<NoiseResult> {
  const findings: Finding[] = [];
  const times = cutTimes(whole, subject.bars, cuts, seed);
  for (const [k, cutMs] of times.entries()) {
    findings.push(...(await noiseFindings(subject, whole, cutMs, seed + k)));
    onRun();
  }
  return { findings, cuts: times.length };
}

/** Half of the cuts anywhere, the other half at bars on which a market order was sent: what it gets is not known yet. */
function cutTimes(whole: RunTrace, bars: readonly Bars[], cuts: number, seed: number): readonly number[] {
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
  const trace = ordinaryRun(subject, await subject.load(), subject.params, noisy);
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
