import { analyseSelection } from "../selection/analyse-selection.ts";
import { assumedFillsText } from "./assumed-fills.ts";
import { benchmarkName, benchmarkTitle } from "./benchmark-name.ts";
import { funnelReason } from "./funnel-rows.ts";
import { incidentTexts, ruinText } from "./incidents.ts";
import { closedTradesText, neverClosedText, saysNothing, tradesMin } from "./no-trades.ts";
import { countText, percentText, ratioText } from "./number-text.ts";
import type { ReportInput } from "./report-input.ts";
import { analyseRun } from "./run-analysis.ts";
import { periodsText } from "./run-facts.ts";

/** What no strategy of a person earns for long: above it, an error is the likelier explanation. */
const believable = { sharpe: 4, winRate: 0.95 };

/** What a run is worth in words: one headline, and the reasons for it, gravest first. */
export type Verdict = {
  /** `refuted` where a check failed or money was lost against doing nothing, `open` where chance may explain it all. */
  readonly level: "refuted" | "open" | "supported";
  readonly headline: string;
  readonly reasons: readonly string[];
};

/** Judges a run by its own numbers. It never says that a strategy works: at most that these data do not contradict it. */
export function verdictOf(input: ReportInput): Verdict {
  const { incidents } = analyseRun(input);
  const happened = incidentTexts(input, incidents);
  const failed = failedChecks(input);
  const last = [...happened, ...commonReasons(input)];
  if (incidents.ruin !== null)
    return verdict("refuted", ruinText(input, incidents.ruin), [...failed, ...last]);
  if (failed.length > 0)
    return verdict("refuted", "A check failed: these numbers are not to be trusted.", [...failed, ...last]);
  if (saysNothing(input.metrics, input.funnel.fills))
    return verdict("open", "No trade was closed: nothing can be said about this strategy.", [
      funnelReason(input.funnel),
      ...last,
    ]);
  const [first, ...others] = findingsOf(input);
  if (first !== undefined)
    return verdict(first.level, first.text, [
      ...happened,
      ...others.map(({ text }) => text),
      ...commonReasons(input),
    ]);
  const [incident, ...further] = last;
  // What happened to the run is in the way of a judgement, however good its numbers are.
  if (happened.length > 0) return verdict("open", incident!, further);
  const praise = "These data do not contradict the strategy: the 95 % interval of its return is above zero";
  return verdict("supported", praise + againstHolding(input), last);
}

/** A run without findings made no less than what it is compared with. */
function againstHolding(input: ReportInput): string {
  const held = analyseRun(input).benchmark?.metrics.totalReturn ?? null;
  if (held === null) return ".";
  const name = benchmarkName(input);
  return isLess(held, input.metrics.totalReturn)
    ? `, and it beat ${name}.`
    : `, and it made what ${name} made.`;
}

function failedChecks({ meta }: ReportInput): readonly string[] {
  const failed = meta.checks.filter((check) => check.pass === false).map((check) => check.id);
  return failed.length === 0 ? [] : [`Failed: ${failed.join(", ")}.`];
}

type Finding = { readonly level: "refuted" | "open"; readonly text: string };

function findingsOf(input: ReportInput): readonly Finding[] {
  const { metrics } = input;
  const { intervals, benchmark } = analyseRun(input);
  const own = metrics.totalReturn;
  const held = benchmark?.metrics.totalReturn ?? null;
  const interval = intervals.totalReturn;
  const findings: (Finding | false)[] = [
    isLess(own, 0) && refuted(`It lost money: ${signed(own)} after costs.`),
    own !== null && !isLess(own, 0) && !isLess(0, own) && refuted("It made nothing: 0.00 % after costs."),
    isLess(own, held) &&
      refuted(`It made less than ${benchmarkName(input)}: ${signed(own)} against ${signed(held)}.`),
    choiceWorthNothing(input),
    tooGood(input),
    metrics.trades > 0 &&
      metrics.trades < tradesMin &&
      open(`Only ${closedTradesText(metrics.trades)}: too few to tell skill from luck.`),
    interval === null && open(`Too few ${periodsText(input)} for an interval of the return.`),
    isLess(0, own) &&
      !isAboveZero(input) &&
      interval !== null &&
      open(
        `Chance alone could explain the gain: the 95 % interval of the return, ` +
          `${signed(interval.low)} to ${signed(interval.high)}, includes zero.`,
      ),
    wasSearched(metrics) &&
      isLess(metrics.dsr, 0.95) &&
      open(
        `${luckText(metrics)}After ${trialsText(metrics.trialCount)} on these data the deflated Sharpe ratio is ` +
          `${percentText(metrics.dsr)}, below the usual 95 %.`,
      ),
    // What only makes its holdings larger and smaller is judged by its returns.
    metrics.trades === 0 && open(neverClosedText(input.funnel.fills)),
  ];
  return findings.filter((finding) => finding !== false);
}

/** Numbers that are seen more often with an error than without. */
function tooGood({ metrics }: ReportInput): Finding | false {
  const { sharpe, winRate, trades } = metrics;
  if (trades < tradesMin) return false;
  const signs = [
    (sharpe ?? 0) > believable.sharpe && `a Sharpe ratio of ${ratioText(sharpe)}`,
    (winRate ?? 0) >= believable.winRate && `${percentText(winRate)} of trades won`,
  ].filter((sign) => sign !== false);
  return (
    signs.length > 0 &&
    open(
      `Too good to be believed: ${signs.join(" and ")} in ${countText(trades)} trades. Look for knowledge of the ` +
        `future, for prices that nobody could have traded at, and for costs that are missing.`,
    )
  );
}

/** A choice that is worth something beats the same strategies without one. */
function choiceWorthNothing(input: ReportInput): Finding | false {
  const [own, ...others] = analyseSelection(input)?.contestants ?? [];
  const plain = others.find(({ kind }) => kind === "equal-weight")?.totalReturn ?? null;
  if (own === undefined || !isLess(own.totalReturn, plain)) return false;
  return refuted(
    `Choosing made less than equal shares of the same strategies: ${signed(own.totalReturn)} against ${signed(plain)}.`,
  );
}

function commonReasons(input: ReportInput): readonly string[] {
  const { meta, metrics, benchmarkEquity } = input;
  const untried = meta.checks.filter((check) => check.pass === null).map((check) => check.id);
  const reasons: (string | false)[] = [
    calmerThanHolding(input),
    assumedFillsText(input),
    meta.dataKind === "synthetic" && "Synthetic data: this says nothing about any real market.",
    metrics.trades > 0 &&
      wasSearched(metrics) &&
      metrics.dsr !== null &&
      !isLess(metrics.dsr, 0.95) &&
      `Deflated Sharpe ratio ${percentText(metrics.dsr)} after ${trialsText(metrics.trialCount)}.`,
    metrics.trades > 0 &&
      meta.trialCount === null &&
      "How many configurations were tried on these data is unknown, so luck of the search is not taken out.",
    untried.length > 0 && `Not checked: ${untried.join(", ")}.`,
    benchmarkEquity === null &&
      `${benchmarkTitle(input)} was not computed, so there is nothing to compare with.`,
    metrics.trades > 0 &&
      !isAboveZero(input) &&
      metrics.minTrackRecordLength !== null &&
      metrics.minTrackRecordLength > metrics.periods &&
      `A Sharpe ratio of ${ratioText(metrics.sharpe)} needs ${countText(Math.ceil(metrics.minTrackRecordLength))} ` +
        `${periodsText(input)} to be told from zero; the run has ${countText(metrics.periods)}.`,
  ];
  return reasons.filter((reason) => reason !== false);
}

/** The other side of a lower return, where there is one. */
function calmerThanHolding(input: ReportInput): string | false {
  const held = analyseRun(input).benchmark?.metrics;
  const own = input.metrics;
  if (held === undefined || own.trades === 0 || !isLess(own.totalReturn, held.totalReturn)) return false;
  return (
    isLess(own.maxDrawdown, held.maxDrawdown) &&
    `Its deepest fall was smaller than that of ${benchmarkName(input)}: ${percentText(own.maxDrawdown)} against ${percentText(held.maxDrawdown)}.`
  );
}

/**
 * Whether the 95 % interval of the return lies above zero as a reader sees it. This alone decides whether chance can explain a
 * gain: another test of the same question beside it would sooner or later say the opposite.
 */
function isAboveZero(input: ReportInput): boolean {
  const interval = analyseRun(input).intervals.totalReturn;
  return interval !== null && isLess(0, interval.low);
}

/** Of one trial the deflated Sharpe ratio says nothing that the interval does not: there was no search to take out. */
function wasSearched({ trialCount }: ReportInput["metrics"]): boolean {
  return trialCount !== null && trialCount > 1;
}

/** Whether one fraction is below another as a reader sees them: 55.19 % is not less than 55.19 %. */
function isLess(one: number | null, other: number | null): boolean {
  return one !== null && other !== null && one < other && percentText(one) !== percentText(other);
}

function verdict(level: Verdict["level"], headline: string, reasons: readonly string[]): Verdict {
  return { level, headline, reasons };
}

function refuted(text: string): Finding {
  return { level: "refuted", text };
}

function open(text: string): Finding {
  return { level: "open", text };
}

/** What the best of so many trials without skill is expected to show; nothing where there was one. */
export function luckText({
  trialCount,
  expectedMaximumSharpe,
  periodsPerYear,
  sharpe,
}: ReportInput["metrics"]): string {
  if (trialCount === null || trialCount < 2 || expectedMaximumSharpe === null) return "";
  const luck = expectedMaximumSharpe * Math.sqrt(periodsPerYear);
  return `With ${trialsText(trialCount)} a Sharpe ratio of ${ratioText(luck)} is what luck gives; this one has ${ratioText(sharpe)}. `;
}

/** So many trials, in words. */
export function trialsText(count: number | null): string {
  return count === 1 ? "1 trial" : `${countText(count)} trials`;
}

function signed(fraction: number | null): string {
  return percentText(fraction, { signed: true });
}
