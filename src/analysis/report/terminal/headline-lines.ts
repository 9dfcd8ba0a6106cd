import { benchmarkName } from "../benchmark-name.ts";
import { clipped } from "../number-text.ts";
import { headlineRows, type HeadlineRow } from "../headline.ts";
import type { ReportInput } from "../report-input.ts";
import type { Paint } from "./ansi.ts";

const labelWidth = 16;
const valueWidth = 14;
const benchmarkWidth = 24;

/** The comparison with what was held as lines of at most `width` characters, 60 or more. */
export function headlineLines(input: ReportInput, width: number, paint: Paint): readonly string[] {
  const name = clipped(benchmarkName(input), benchmarkWidth - 2);
  // Below 80 columns the interval does not fit beside the value and takes a line of its own.
  const intervalWidth = width - labelWidth - valueWidth - benchmarkWidth;
  const isWide = intervalWidth >= 26;
  const header = line("", "strategy", isWide ? "95 % interval" : "", name, intervalWidth);
  return [
    paint(header, "quiet"),
    ...headlineRows(input).flatMap((row) => rowLines(row, name, isWide, intervalWidth)),
  ];
}

function rowLines(row: HeadlineRow, name: string, isWide: boolean, intervalWidth: number): string[] {
  const { label, strategy, strategyInterval, benchmark } = row;
  if (isWide) return [line(label, strategy, strategyInterval, benchmark, intervalWidth)];
  if (strategy.length > valueWidth)
    return [
      `${labelOf(label)}${strategy}`,
      ...(benchmark === "" ? [] : [`${labelOf(`  ${name}`)}${benchmark}`]),
    ];
  const own = line(label, strategy, "", benchmark, intervalWidth);
  return strategyInterval === "" ? [own] : [own, `  95 % interval ${strategyInterval}`];
}

/** A label as wide as all others; a longer one keeps a space behind it. */
function labelOf(label: string): string {
  return label.padEnd(labelWidth - 1) + " ";
}

function line(
  label: string,
  strategy: string,
  interval: string,
  benchmark: string,
  intervalWidth: number,
): string {
  const isLong = strategy.length > valueWidth;
  const value = label.padEnd(labelWidth) + (isLong ? `  ${strategy}` : strategy.padStart(valueWidth));
  const middle = interval === "" ? "" : `  ${interval}`;
  const left = (value + middle).padEnd(labelWidth + valueWidth + Math.max(0, intervalWidth));
  const room = labelWidth + valueWidth + Math.max(0, intervalWidth) + benchmarkWidth - left.length;
  return (left + benchmark.padStart(room)).trimEnd();
}
