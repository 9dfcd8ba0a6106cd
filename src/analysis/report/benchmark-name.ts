import type { ReportInput } from "./report-input.ts";

/** What holding everything that a run trades is called. */
export const holdingAll = "buy & hold";

/** What a run is compared with, inside a sentence: the symbol that was asked for, or buy & hold. */
export function benchmarkName({ benchmarkName: name }: Pick<ReportInput, "benchmarkName">): string {
  return name ?? holdingAll;
}

/** The same at the beginning of a sentence or over a column; the name of a symbol stays as its market writes it. */
export function benchmarkTitle(input: Pick<ReportInput, "benchmarkName">): string {
  const name = benchmarkName(input);
  return name === holdingAll ? "Buy & hold" : name;
}
