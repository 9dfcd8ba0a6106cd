import { timeframeMs } from "../../domain/timeframe.ts";
import { countText, dayText, priceText } from "./number-text.ts";
import type { DataKind, ReportInput } from "./report-input.ts";

/** The words for where the bars come from. */
export const dataKindText: Readonly<Record<DataKind, string>> = {
  real: "real data",
  synthetic: "SYNTHETIC data",
  unknown: "data of unknown origin",
};

/** Symbols by name, the first few and a count when there are many. */
export function symbolsText({ instruments }: ReportInput, most = 3): string {
  const names = instruments.map((instrument) => instrument.symbol);
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${countText(names.length - most)} more`;
}

/** First and last day of the run, `2017-08-17 to 2024-06-30`. */
export function periodText({ log, bars, timeframe }: ReportInput): string {
  if (log.length === 0) return "no bars";
  const firstCloseMs = log.timeMs[0]!;
  const base = bars[0]?.timeframe ?? timeframe;
  const openMs = firstCloseMs - timeframeMs(base);
  return `${dayText(openMs + 1)} to ${dayText(log.timeMs[log.length - 1]!)}`;
}

/** Parameters as `fast 10, slow 30`. */
export function paramsText(params: Readonly<Record<string, number | boolean | string>>): string {
  const pairs = Object.entries(params).map(([name, value]) => `${name} ${String(value)}`);
  return pairs.length === 0 ? "no parameters" : pairs.join(", ");
}

/** What the ratios are computed with: days per year, risk-free rate, trading days. */
export function conventionsText({ metrics }: ReportInput): string {
  const { periodsPerYear, riskFreeRate, days } = metrics;
  return (
    `daily returns of equity, N = ${countText(periodsPerYear)} days per year, ` +
    `rf = ${priceText(riskFreeRate * 100)} % per year, n = ${countText(days)} trading days`
  );
}
