import { dayMs } from "../../../base/time.ts";
import { benchmarkTitle } from "../benchmark-name.ts";
import type { CsvParts } from "../html/figure.ts";
import type { TableParts } from "../html/table.ts";
import type { ReportInput } from "../report-input.ts";
import { moneyText, percentText } from "../number-text.ts";
import type { ReportContext } from "../sections/section.ts";
import { periodsOf, type PeriodUnit } from "../series/periods.ts";

const tableRowsMax = 120;
const csvRowsMax = 2000;

/** The account at the end of a period, and the worst and the mean within it. */
type AccountRow = {
  readonly date: string;
  readonly equity: number;
  readonly benchmark: number | null;
  /** Deepest fraction below the peak within the period. */
  readonly drawdown: number;
  readonly exposure: number;
  readonly costs: number;
};

/** The columns that a figure shows of the account. */
export type AccountColumn = Exclude<keyof AccountRow, "date">;

const labels: Readonly<Record<Exclude<AccountColumn, "benchmark">, string>> = {
  equity: "Equity",
  drawdown: "Deepest drawdown",
  exposure: "Mean exposure",
  costs: "Costs so far",
};

/** The account period by period as the table twin of a figure: the shortest periods that give at most 120 rows. */
export function accountTable(context: ReportContext, columns: readonly AccountColumn[]): TableParts {
  const { unit, rows } = accountRows(context, tableRowsMax);
  return {
    caption: `By ${unit}, in ${context.input.baseCurrency}`,
    columns: [
      { label: `Last day of the ${unit}` },
      ...columns.map((column) => ({ label: labelOf(column, context.input), isNumber: true })),
    ],
    rows: rows.map((row) => [row.date].concat(columns.map((column) => cellText(column, row[column])))),
  };
}

function labelOf(column: AccountColumn, input: ReportInput): string {
  return column === "benchmark" ? benchmarkTitle(input) : labels[column];
}

/** The same columns for other programs, in at most 2,000 rows. */
export function accountCsv(
  context: ReportContext,
  fileName: string,
  columns: readonly AccountColumn[],
): CsvParts {
  const { rows } = accountRows(context, csvRowsMax);
  return {
    fileName,
    header: ["date", ...columns],
    rows: rows.map((row) => (["date", ...columns] as const).map((column) => row[column])),
  };
}

function accountRows(
  { input, analysis, paths, depths, dayEnds }: ReportContext,
  most: number,
): { readonly unit: PeriodUnit; readonly rows: readonly AccountRow[] } {
  const { days } = analysis.daily;
  const { unit, periods } = periodsOf(days, most);
  const rows = periods.map(({ from, to }): AccountRow => {
    const end = dayEnds[to]!;
    const start = Math.min(end, from === 0 ? 0 : dayEnds[from - 1]! + 1);
    return {
      date: new Date(days[to]! * dayMs).toISOString().slice(0, 10),
      equity: input.log.equity[end]!,
      benchmark: input.benchmarkEquity?.[end] ?? null,
      drawdown: -lowest(depths, start, end),
      exposure: meanOf(paths.exposure, start, end),
      costs: paths.costs[end]!,
    };
  });
  return { unit, rows };
}

function lowest(values: Float64Array, from: number, to: number): number {
  let found = 0;
  for (let row = from; row <= to; row++) found = Math.min(found, values[row]!);
  return found;
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let row = from; row <= to; row++) sum += values[row]!;
  return sum / (to - from + 1);
}

function cellText(column: AccountColumn, value: number | null): string {
  return column === "drawdown" || column === "exposure" ? percentText(value) : moneyText(value);
}
