import { timeframeMs } from "../../domain/timeframe.ts";
import { dayMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { countText, minuteText, notAvailable, priceText, ratioText } from "./number-text.ts";
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

/** First and last day that the run is measured over, `2017-08-17 to 2024-06-30`. */
export function periodText(input: ReportInput): string {
  const { log } = input;
  if (log.length === 0) return "no bars";
  return `${dateText(input, log.timeMs[0]!)} to ${dateText(input, log.timeMs[log.length - 1]!)}`;
}

/** The date by which its market calls a bar with this close: a Friday's bar is not Saturday's because UTC is ahead. */
export function dateText({ calendarNames }: ReportInput, closeTimeMs: number | null, instrument = 0): string {
  if (closeTimeMs === null) return notAvailable;
  const calendar = calendarNamed(calendarNames[instrument] ?? "24/7");
  return new Date(calendar.sessionOf(closeTimeMs) * dayMs).toISOString().slice(0, 10);
}

/** Date and minute in UTC of the close of a bar shorter than a day, the market's date alone otherwise. */
export function barTimeText(
  input: ReportInput,
  closeTimeMs: number,
  instrument = 0,
  spanMs = timeframeMs(input.bars[instrument]!.timeframe),
): string {
  return spanMs < dayMs ? minuteText(closeTimeMs) : dateText(input, closeTimeMs, instrument);
}

/** What one return of the run stands for, in the plural. */
export function periodsText({ timeframe }: Pick<ReportInput, "timeframe">): string {
  return timeframeMs(timeframe) > dayMs ? `bars of ${timeframe}` : "trading days";
}

/** Parameters as `fast 10, slow 30`. */
export function paramsText(params: Readonly<Record<string, number | boolean | string>>): string {
  const pairs = Object.entries(params).map(([name, value]) => `${name} ${String(value)}`);
  return pairs.length === 0 ? "no parameters" : pairs.join(", ");
}

/** What the ratios are computed with: what a return is, how many there are a year, and over what time. */
export function conventionsText(input: ReportInput): string {
  const { periods, years, periodsPerYear, riskFreeRate } = input.metrics;
  return (
    `returns of equity by ${timeframeMs(input.timeframe) > dayMs ? `bar of ${input.timeframe}` : "trading day"}, ` +
    `n = ${countText(periods)} in ${ratioText(years)} years from the first possible decision, ` +
    `N = ${ratioText(periodsPerYear)} a year, rf = ${priceText(riskFreeRate * 100)} % a year`
  );
}
