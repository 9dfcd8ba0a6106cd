import { doAgree, type CheckedFolder } from "../../app/data/check-folder.ts";
import type { HeldReport } from "../../app/data/check-held.ts";
import { formatTime } from "../../base/time.ts";
import { countOf } from "../../data/validation/finding-list.ts";
import type { TimeframeComparison } from "../../data/validation/compare-timeframes.ts";
import { lookedOverTexts, namesText, summaryTexts, type LookedOver } from "./check-summary.ts";
import { findingLines } from "./source-text.ts";
import { pairs } from "./table.ts";

/** Of more comparisons than this only those are shown that found something. */
const comparisonsMax = 6;

/** What a data folder holds as a person wants to see it: each series and what looks wrong with it. */
export function folderText({ folder, series, comparisons }: CheckedFolder): string {
  if (series.length === 0)
    return `${folder} holds no bars; get some: kiwi data download BTCUSDT -t 1h --source binance`;
  const looked = series.map(lookedOver);
  const few = comparisons.length <= comparisonsMax;
  const shown = few ? comparisons : comparisons.filter((one) => !isSilent(one));
  return [
    folder,
    ...lookedOverTexts(looked),
    ...shown.map(comparisonText),
    ...summaryTexts(looked),
    ...pairsTexts(comparisons),
  ].join("\n\n");
}

/** Which timeframes contradict each other. */
function pairsTexts(comparisons: readonly TimeframeComparison[]): readonly string[] {
  if (comparisons.length === 0) return [];
  const apart = comparisons.filter((one) => !doAgree(one));
  const names = apart.map(({ symbol, coarse, fine }) => `${symbol} ${coarse} against ${fine}`);
  const where = names.length === 0 ? "" : `: ${namesText(names)}`;
  return [
    `timeframes: ${countOf(comparisons.length, "pair")} compared, ${names.length} in contradiction${where}`,
  ];
}

function lookedOver(held: HeldReport): LookedOver {
  return {
    name: `${held.symbol} ${held.timeframe}`,
    bars: held.report?.rows ?? 0,
    findings: held.report?.findings ?? [],
    notUsed: 0,
    isDamaged: held.damage !== null,
    text: seriesText(held),
  };
}

function isSilent({ absent, disagreements }: TimeframeComparison): boolean {
  return absent === 0 && disagreements.length === 0;
}

function comparisonText(comparison: TimeframeComparison): string {
  const { symbol, fine, coarse, compared, incomplete, unmatched, absent, disagreements } = comparison;
  const left = incomplete + unmatched;
  const lines = [
    `${symbol} ${coarse} against ${fine}`,
    `  compared  ${countOf(compared, "bar")}${left === 0 ? "" : `; ${left} could not be, for lack of ${fine} bars`}`,
    ...(absent === 0
      ? []
      : [`  warning   ${countOf(absent, `${coarse} bar`)} missing that the ${fine} bars would make`]),
  ];
  const severity = doAgree(comparison) ? "warning" : "error";
  for (const { field, count, worst, examples } of disagreements) {
    lines.push(
      `  ${severity.padEnd(8)}  ${countOf(count, "bar")} with another ${field}, by up to ${(100 * worst).toPrecision(3)} %`,
    );
    for (const { text } of examples.slice(0, 3)) lines.push(`              ${text}`);
  }
  if (disagreements.length === 0 && absent === 0) lines.push("  PASS      both say the same");
  return lines.join("\n");
}

function seriesText({ symbol, timeframe, sources, revised, filled, damage, report }: HeldReport): string {
  const lines = [`${symbol} ${timeframe}`];
  if (damage !== null)
    lines.push(`  error     ${damage.message}`, `            ${damage.why}`, `  fix       ${damage.fix}`);
  if (report === null) return lines.join("\n");
  const { rows, fromMs, toMs, calendarName, findings } = report;
  lines.push(
    pairs([
      ["  source", sources.join(", ")],
      ["  calendar", calendarName],
      ["  bars", `${rows}, closes ${formatTime(fromMs ?? Number.NaN)} to ${formatTime(toMs ?? Number.NaN)}`],
      ...(revised > 0 ? [["  revised", `${countOf(revised, "bar")} that the source changed`] as const] : []),
      ...(filled > 0
        ? [["  filled", `${countOf(filled, "bar")} filled in from another source`] as const]
        : []),
    ]),
    ...findingLines(findings),
  );
  if (findings.every(({ severity }) => severity === "info"))
    lines.push("  PASS      nothing wrong was found");
  return lines.join("\n");
}
