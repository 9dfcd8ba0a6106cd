import { formatTime } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";
import type { Labels } from "../../../learning/data/labels.ts";
import type { CheckResult, Finding } from "../check-result.ts";
import { noiseAfter } from "../noise-bars.ts";

/** What was made of the bars before a cut, each part as plain numbers. */
export type LearnedBefore = {
  /** By name: the scaler, the calibration, the model itself, what it says of rows before the cut. */
  readonly parts: Readonly<Record<string, unknown>>;
};

/** How a model is made of bars: whatever in it looks ahead shows. */
export type LearningPipeline = {
  readonly name: string;
  readonly features: (bars: Bars) => Readonly<Record<string, Float64Array>>;
  readonly labels: (bars: Bars) => Labels;
  /** Learns from what lay before row `cut`, and from nothing else. */
  readonly learn: (bars: Bars, cut: number) => Promise<LearnedBefore> | LearnedBefore;
};

export type LearningCheckOptions = {
  /** Shares of the bars behind which all is replaced by noise; at the last of them the model is learned. */
  readonly cuts: readonly number[];
  readonly seed: number;
};

/** What is usual: features and labels at four places, the model at the last. */
export const learningCheckDefaults: LearningCheckOptions = { cuts: [0.5, 0.7, 0.8, 0.9], seed: 1 };

const perKindMax = 5;

/**
 * Looks for knowledge of the future in what a model is made of. Bars after a cut are replaced by noise: every feature before it, every
 * label that ended before it, and everything that is learned from the bars before it must stay the same, byte for byte.
 * A scaler fitted on the whole sample, a label among the features, or outcomes that overlap the cut change with the noise.
 */
export async function learningLookahead(
  pipeline: LearningPipeline,
  bars: Bars,
  { cuts, seed }: LearningCheckOptions = learningCheckDefaults,
  onDone: (done: number, total: number) => void = () => {},
): Promise<CheckResult<"learning">> {
  const features = pipeline.features(bars);
  const labels = pipeline.labels(bars);
  const findings: Finding[] = [];
  const total = cuts.length + 3;
  for (const [k, share] of cuts.entries()) {
    const cut = Math.floor(bars.length * share);
    const others = otherFutures(bars, cut, seed + k);
    for (const other of others) {
      findings.push(...changedFeatures(features, pipeline.features(other), bars, cut));
      findings.push(...changedLabels(labels, pipeline.labels(other), bars, cut));
    }
    onDone(k + 1, total);
    if (k < cuts.length - 1) continue;
    const whole = await pipeline.learn(bars, cut);
    for (const [turn, other] of others.entries()) {
      findings.push(...changedParts(whole, await pipeline.learn(other, cut), bars, cut));
      onDone(k + 2 + turn, total);
    }
  }
  return {
    id: "learning",
    pass: findings.length === 0,
    findings: firstOfEach(findings),
    notes: [],
    strategyName: pipeline.name,
    barsGiven: bars.length,
    barsCompared: bars.length,
    columnsCompared: Object.keys(features).length,
  };
}

/**
 * The bars with noise behind a cut, and with that noise upside down: what rises in one falls in the other, so that a label of two
 * values that looks behind the cut differs in one of them.
 */
function otherFutures(bars: Bars, cut: number, seed: number): readonly [Bars, Bars] {
  const noisy = noiseAfter(bars, bars.closeTimeMs[cut - 1]!, seed);
  const pivot = bars.close[cut - 1]!;
  const flipped = (own: Float64Array, opposite: Float64Array) =>
    own.map((value, row) =>
      row < cut ? value : pivot > 0 ? (pivot * pivot) / opposite[row]! : -opposite[row]!,
    );
  const { open, high, low, close } = noisy;
  return [
    noisy,
    {
      ...noisy,
      open: flipped(open, open),
      high: flipped(high, low),
      low: flipped(low, high),
      close: flipped(close, close),
    },
  ];
}

function changedFeatures(
  whole: Readonly<Record<string, Float64Array>>,
  other: Readonly<Record<string, Float64Array>>,
  bars: Bars,
  cut: number,
): readonly Finding[] {
  return Object.entries(whole).flatMap(([name, values]) => {
    const row = firstChange(values, other[name] ?? new Float64Array(0), cut);
    return row < 0 ? [] : [finding(bars, row, `feature ${name}`, values[row]!, other[name]?.[row] ?? null)];
  });
}

function changedLabels(whole: Labels, other: Labels, bars: Bars, cut: number): readonly Finding[] {
  for (let row = 0; row < cut; row++) {
    if (whole.end[row]! >= cut || Number.isNaN(whole.outcome[row]!)) continue;
    const isSame = (["outcome", "end", "size", "logReturn"] as const).every((field) =>
      Object.is(whole[field][row], other[field][row]),
    );
    if (!isSame) return [finding(bars, row, "labels", whole.outcome[row]!, other.outcome[row]!)];
  }
  return [];
}

function changedParts(
  whole: LearnedBefore,
  other: LearnedBefore,
  bars: Bars,
  cut: number,
): readonly Finding[] {
  return Object.keys(whole.parts).flatMap((name) => {
    const isSame = JSON.stringify(plain(whole.parts[name])) === JSON.stringify(plain(other.parts[name]));
    return isSame ? [] : [finding(bars, cut - 1, name, null, null)];
  });
}

/** Arrays of numbers as JSON can tell them apart. */
function plain(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array, String) : value;
}

function firstChange(one: Float64Array, other: Float64Array, cut: number): number {
  for (let row = 0; row < cut; row++) if (!Object.is(one[row], other[row])) return row;
  return -1;
}

function finding(
  bars: Bars,
  row: number,
  culprit: string,
  shown: number | null,
  otherwise: number | null,
): Finding {
  const timeMs = bars.closeTimeMs[row]!;
  const numbers = shown === null ? "" : `: ${shown} instead of ${String(otherwise)}`;
  return {
    kind: "learning",
    culprit,
    symbol: bars.symbol,
    timeMs,
    shown,
    otherwise,
    sentence: `${culprit} of ${bars.symbol} changes at or before ${formatTime(timeMs)} when the bars after a later close are others${numbers}`,
  };
}

/** One leak shows at many cuts: each culprit is named once, a few of them. */
function firstOfEach(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ culprit }) => !seen.has(culprit) && seen.add(culprit)).slice(0, 2 * perKindMax);
}
