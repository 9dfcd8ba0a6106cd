import { benchmarkTitle } from "../benchmark-name.ts";
import { clipped, moneyText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import { conventionsText, dataKindText, paramsText, periodText, symbolsText } from "../run-facts.ts";
import { verdictOf } from "../verdict.ts";
import { painter, type Paint } from "./ansi.ts";
import { choiceLines } from "./choice-lines.ts";
import { funnelLines } from "./funnel-lines.ts";
import { headlineLines } from "./headline-lines.ts";
import { sparkline } from "./sparkline.ts";
import { labelled, wrapText } from "./wrap-text.ts";

/** Terminal columns, and whether escape codes may be used. */
export type TerminalOptions = { readonly width?: number; readonly color?: boolean };

/** The summary of a run for a terminal: plain lines, none longer than `width` (80 by default, 60 at least). */
export function renderTerminal(input: ReportInput, options: TerminalOptions = {}): string {
  const width = Math.min(100, Math.max(60, options.width ?? 80));
  const paint = painter(options.color ?? false);
  const blocks = [
    headerLines(input, width, paint),
    headlineLines(input, Math.min(80, width), paint),
    curveLines(input, Math.min(80, width), paint),
    choiceLines(input, Math.min(80, width), paint),
    conventionLines(input, width),
    funnelLines(input, width, paint),
    warningLines(input, width, paint),
    verdictLines(input, width, paint),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headerLines(input: ReportInput, width: number, paint: Paint): readonly string[] {
  const { meta, timeframe } = input;
  const [name = "", ...rest] = wrapText(`${meta.strategyName}: ${paramsText(meta.params)}`, width);
  return [
    paint(name, "strong"),
    ...rest,
    ...wrapText(`${symbolsText(input)} · ${timeframe} · ${periodText(input)}`, width),
    ...wrapText(`${dataKindText[meta.dataKind]} · seed ${meta.seed} · run ${meta.runId}`, width),
  ];
}

function curveLines(input: ReportInput, width: number, paint: Paint): readonly string[] {
  const { log, benchmarkEquity, baseCurrency, metrics } = input;
  if (log.length < 2) return [];
  const curves = benchmarkEquity === null ? [log.equity] : [log.equity, benchmarkEquity];
  const { low, high } = rangeOf(curves, log.length);
  // Above a factor of five a linear scale shows the winner's last year and nothing else.
  const isLog = low > 0 && high > 5 * low;
  const curveWidth = width - 30;
  const lineOf = (label: string, curve: Float64Array) => {
    const blocks = isLog
      ? sparkline(curve.map(Math.log), log.length, curveWidth, Math.log(low), Math.log(high))
      : sparkline(curve, log.length, curveWidth, low, high);
    return label.padEnd(12) + blocks.padEnd(curveWidth) + moneyText(curve[log.length - 1]).padStart(18);
  };
  const note = `from ${moneyText(metrics.startEquity)} ${baseCurrency}, one ${isLog ? "logarithmic " : ""}scale`;
  return [
    lineOf("Equity", log.equity),
    ...(benchmarkEquity === null ? [] : [lineOf(clipped(benchmarkTitle(input), 11), benchmarkEquity)]),
    paint(`${"".padEnd(12)}${note}`, "quiet"),
  ];
}

function rangeOf(curves: readonly Float64Array[], length: number): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const curve of curves) {
    for (let row = 0; row < length; row++) {
      low = Math.min(low, curve[row]!);
      high = Math.max(high, curve[row]!);
    }
  }
  return { low, high };
}

function conventionLines(input: ReportInput, width: number): readonly string[] {
  return [
    ...labelled("Numbers  ", `${conventionsText(input)}; intervals by block bootstrap`, width),
    ...labelled("Costs    ", input.meta.costs.join("; ") || "not stated", width),
  ];
}

function warningLines({ meta }: ReportInput, width: number, paint: Paint): readonly string[] {
  return meta.warnings.flatMap((warning) =>
    labelled("Warning  ", warning, width).map((line) => paint(line, "alert")),
  );
}

function verdictLines(input: ReportInput, width: number, paint: Paint): readonly string[] {
  const { headline, reasons } = verdictOf(input);
  const disclaimer = "Simulated. Past results, real or simulated, do not tell what comes.";
  return [
    ...labelled("VERDICT  ", headline, width).map((line) => paint(line, "strong")),
    ...[...reasons, disclaimer].flatMap((reason) => labelled("         ", reason, width)),
  ];
}
