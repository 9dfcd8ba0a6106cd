import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import {
  closedTradesText,
  neverClosedText,
  saysNothing,
  tradesMin,
} from "../../analysis/report/no-trades.ts";
import { countText, percentText, ratioText } from "../../analysis/report/number-text.ts";
import { trialsText } from "../../analysis/report/verdict.ts";
import { checksumOf } from "../../base/hash.ts";
import { strategyHash } from "../plugins/code-identity.ts";
import { searchDocument } from "../search/search-document.ts";
import type { Neighbour } from "../search/try-neighbours.ts";
import type { Validation } from "./validation.ts";

type SearchParts = Parameters<typeof searchDocument>[0];

/** What was validated, and what came of it. */
type ValidationParts = Pick<SearchParts, "asked" | "prepared" | "warnings"> & {
  /** The parameters around; `null` where nothing varies, or no trial of them has a value. */
  readonly around: SearchParts | null;
  readonly neighbours: readonly Neighbour[];
  readonly metrics: MetricsReport;
  /** Fills of the run itself. */
  readonly fills: number;
  readonly validation: Validation;
  readonly artifacts: Readonly<Record<string, string>>;
};

/** What a validation found, for programs and for people. */
export type ValidationDocument = {
  readonly schema: "validate@1";
  readonly ok: true;
  /** UTC milliseconds. */
  readonly createdMs: number;
  readonly strategy: string;
  /** What the strategy's code was: see `strategyHash`. */
  readonly strategySha256: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly dataKind: string;
  readonly seed: number;
  readonly command: string;
  readonly metrics: MetricsReport;
  /** Trials around: numbers in sample and where nobody looked. */
  readonly scatter: readonly {
    readonly trial: number;
    readonly inSample: number;
    readonly outOfSample: number;
  }[];
  /** The parameters around it; `null` where nothing varies. */
  readonly search: Pick<
    ReturnType<typeof searchDocument>,
    "trials" | "dimensions" | "plateau" | "luck" | "best"
  > | null;
  /** Parameters one step away, each alone. */
  readonly neighbours: readonly Neighbour[];
  readonly validation: Validation;
  /** What `--fail-if` may ask beside metrics. */
  readonly conditions: Readonly<Record<(typeof validationNames)[number], number | null>>;
  readonly findings: readonly string[];
  readonly verdict: string;
  /** `refuted` where it lost money, `supported` where nothing speaks against it. */
  readonly level: "refuted" | "open" | "supported";
  readonly warnings: readonly string[];
  readonly artifacts: Readonly<Record<string, string>>;
  /** Of everything else in it. */
  readonly sha256: string;
};

/** Puts together what a validation found. */
export function validationDocument(parts: ValidationParts): ValidationDocument {
  const { metrics, fills, validation, artifacts, prepared, asked, warnings, around } = parts;
  const { setup, loaded } = prepared;
  const conditions = conditionsOf(validation);
  const findings = findingsOf(metrics, fills, validation);
  const isSilent = saysNothing(metrics, fills);
  const document: Omit<ValidationDocument, "sha256"> = {
    schema: "validate@1",
    ok: true,
    createdMs: asked.request.nowMs,
    strategy: setup.strategy.name,
    strategySha256: strategyHash(prepared.found.ownFiles),
    params: setup.params,
    symbols: setup.bars.map(({ symbol }) => symbol),
    timeframe: setup.timeframe ?? setup.bars[0]!.timeframe,
    dataKind: loaded.dataKind,
    seed: asked.seed,
    command: asked.command,
    metrics,
    scatter: (validation.combinatorial ?? validation.kFold)?.splits ?? [],
    search: around === null ? null : aroundOf(searchDocument(around)),
    neighbours: parts.neighbours,
    validation,
    conditions,
    findings,
    verdict: isSilent
      ? "No trade was closed: nothing can be said about this strategy."
      : verdictOf(metrics, asked.request.config.account.baseCurrency, findings),
    level: levelOf(metrics, isSilent, findings),
    warnings,
    artifacts,
  };
  return { ...document, sha256: checksumOf(document) };
}

function levelOf(
  { totalReturn }: MetricsReport,
  isSilent: boolean,
  findings: readonly string[],
): ValidationDocument["level"] {
  // Of what hardly traded nothing is refuted either.
  if (isSilent) return "open";
  if ((totalReturn ?? 0) <= 0) return "refuted";
  return findings.length > 0 ? "open" : "supported";
}

function aroundOf({ trials, dimensions, plateau, luck, best }: ReturnType<typeof searchDocument>) {
  return { trials, dimensions, plateau, luck, best };
}

/** Names of what `--fail-if` may ask of a validation beside metrics. */
export const validationNames = [
  "pbo",
  "spaP",
  "realityCheckP",
  "permutationP",
  "randomEntryP",
  "walkForwardSharpe",
  "cpcvSharpe",
  "doubleCostReturn",
] as const;

function conditionsOf({
  pbo,
  ability,
  permutation,
  randomEntries,
  walkForward,
  combinatorial,
  costs,
}: Validation): Readonly<Record<(typeof validationNames)[number], number | null>> {
  return {
    pbo,
    spaP: ability?.spa ?? null,
    realityCheckP: ability?.realityCheck ?? null,
    permutationP: permutation?.probability ?? null,
    randomEntryP: randomEntries?.probability ?? null,
    walkForwardSharpe: walkForward?.anchored.sharpe ?? null,
    cpcvSharpe: combinatorial?.sharpe ?? null,
    doubleCostReturn: costs.find(({ name }) => name === "2x")?.totalReturn ?? null,
  };
}

/** What speaks against the result, gravest first. */
function findingsOf(metrics: MetricsReport, fills: number, validation: Validation): readonly string[] {
  const { dsr, trialCount, minTrackRecordLength, periods, trades } = metrics;
  const { pbo, ability, permutation, randomEntries, walkForward, costs, delays, intervals } = validation;
  const double = costs.find(({ name }) => name === "2x")?.totalReturn ?? null;
  const late = delays.at(-1)?.totalReturn ?? null;
  const interval = intervals.sharpe;
  const found: (string | false)[] = [
    // What only makes its holdings larger and smaller is judged by its returns.
    trades === 0 && !saysNothing(metrics, fills) && neverClosedText(fills),
    trades > 0 && trades < tradesMin && `Only ${closedTradesText(trades)}: most of this says little.`,
    dsr !== null &&
      dsr < 0.95 &&
      `After ${trialsText(trialCount)} the deflated Sharpe ratio is ${percentText(dsr)}.`,
    dsr === null && "The deflated Sharpe ratio is N/A: too few returns.",
    interval !== null &&
      interval.low <= 0 &&
      interval.high >= 0 &&
      `The 95 % interval of the Sharpe ratio, ${ratioText(interval.low)} to ${ratioText(interval.high)}, includes zero.`,
    minTrackRecordLength !== null &&
      minTrackRecordLength > periods &&
      `It needs ${countText(Math.ceil(minTrackRecordLength))} returns to be told from zero and has ${countText(periods)}.`,
    pbo !== null && pbo >= 0.2 && `The probability that choosing parameters overfits is ${percentText(pbo)}.`,
    walkForward !== null &&
      (walkForward.anchored.sharpe ?? -1) <= 0 &&
      `Walking forward it has a Sharpe ratio of ${ratioText(walkForward.anchored.sharpe)}.`,
    ability !== null &&
      ability.spa > 0.05 &&
      `The best of the parameters is no better than the best of as many by chance (SPA p = ${ratioText(ability.spa)}).`,
    permutation !== null &&
      permutation.probability > 0.05 &&
      `It makes as much on ${percentText(permutation.probability)} of markets whose order means nothing.`,
    randomEntries !== null &&
      randomEntries.probability > 0.05 &&
      `Entering at random makes as much in ${percentText(randomEntries.probability)} of the cases.`,
    double !== null &&
      double <= 0 &&
      (metrics.totalReturn ?? 0) > 0 &&
      "At twice the costs it makes nothing.",
    late !== null && late <= 0 && (metrics.totalReturn ?? 0) > 0 && "Two bars later it makes nothing.",
  ];
  return found.filter((text) => text !== false);
}

function verdictOf({ totalReturn }: MetricsReport, currency: string, findings: readonly string[]): string {
  if ((totalReturn ?? 0) <= 0)
    return `It lost money: ${percentText(totalReturn, { signed: true })} in ${currency}.`;
  if (findings.length > 0) return `Not proven: ${findings.length} of the tests speak against it.`;
  return "These data do not contradict the strategy: none of the tests speaks against it.";
}
