import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Prng } from "../src/base/prng.ts";
import type { Expr, SourceField } from "../src/domain/expression.ts";
import type { IndicatorDefinition } from "../src/domain/indicator.ts";
import type { Params, ParamValues } from "../src/domain/params.ts";
import { sharedPath } from "./shared.ts";

/** Columns of equal length, by name; NaN where the source has no value. */
export type Columns = { readonly [name: string]: Float64Array };
export type QuoteColumns = { readonly [Name in "open" | "high" | "low" | "close" | "volume"]: Float64Array };

const skenderFolder = ["fixtures", "market", "skender-indicators"] as const;
const tulipFolder = ["fixtures", "market", "tulip-indicators"] as const;
const backtraderFolder = ["fixtures", "market", "backtrader-indicators"] as const;

/** The 502 daily bars of SPY (2017-2018) that the Skender results were computed on. */
export function skenderQuotes(name = "default"): QuoteColumns {
  return readQuotes(unzip(...skenderFolder, "quotes", `${name}.csv.gz`));
}

/** What Skender's Stock.Indicators computes with its default parameters, one column per field. */
export function skenderResult(name: string): Columns {
  const rows = JSON.parse(unzip(...skenderFolder, "results", `${name}.standard.json.gz`)) as Row[];
  const fields = Object.keys(rows[0]!).filter((field) => field !== "timestamp");
  return Object.fromEntries(
    fields.map((field) => [field, Float64Array.from(rows, (row) => toNumber(row[field]))]),
  );
}

/**
 * The arrays of one case of Tulip Indicators: its inputs, then its outputs. `untest` holds what Tulip computes, to
 * 3 decimals; `atoz` the examples of Achelis, Technical Analysis from A to Z; `extra` sums made in a spreadsheet.
 * An output array is shorter than its inputs by the warm-up: its last value belongs to the last row.
 */
export function tulipCase(
  name: string,
  options = "",
  file: "untest" | "atoz" | "extra" = "untest",
): Float64Array[] {
  const lines = readFileSync(sharedPath(...tulipFolder, `${file}.txt`), "utf8").split(/\r?\n/);
  const start = lines.indexOf(options === "" ? name : `${name} ${options}`);
  if (start < 0) throw new Error(`${file}.txt has no case "${name} ${options}"`);
  const end = lines.indexOf("", start);
  return lines
    .slice(start + 1, end < 0 ? lines.length : end)
    .filter((line) => line.startsWith("{"))
    .map((line) => Float64Array.from(line.slice(1, line.indexOf("}")).split(","), Number));
}

/** The 2006 daily bars that backtrader's expected values were computed on. */
export function backtraderQuotes(): QuoteColumns {
  return readQuotes(readFileSync(sharedPath(...backtraderFolder, "2006-day-001.txt"), "utf8"));
}

/** What backtrader computes for one test: per line the values at its last, first and middle row, to 6 decimals. */
export function backtraderCase(test: string): {
  readonly firstRow: number;
  readonly lines: readonly (readonly [last: number, first: number, middle: number])[];
} {
  const text = readFileSync(sharedPath(...backtraderFolder, "expected_values.json"), "utf8");
  const found = (JSON.parse(text) as BacktraderCase[]).find((one) => one.test === test);
  if (found === undefined) throw new Error(`expected_values.json has no case "${test}"`);
  const lines = found.lines_last_first_middle.map((line) => line.map(Number) as [number, number, number]);
  return { firstRow: found.min_period - 1, lines };
}

/** A column's values at the rows of backtrader's tables: last, first valid, middle. */
export function backtraderRows(column: Float64Array, firstRow: number): [number, number, number] {
  const length = column.length;
  const middle = length - 1 + Math.floor((firstRow + 1 - length) / 2);
  return [column[length - 1]!, column[firstRow]!, column[middle]!];
}

/** Folds an indicator over columns as the engine does: a row with a NaN input is skipped and gives NaN. */
export function foldOver<P extends Params>(
  definition: IndicatorDefinition<P>,
  params: ParamValues<P>,
  inputs: readonly ArrayLike<number>[],
): Float64Array[] {
  const length = inputs[0]!.length;
  const out = new Float64Array(definition.outputs.length).fill(Number.NaN);
  const next = definition.create(params, out);
  const columns = definition.outputs.map(() => new Float64Array(length).fill(Number.NaN));
  for (let row = 0; row < length; row++) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = inputs.map((input) => input[row]!);
    if ([a, b, c, d, e].some(Number.isNaN)) continue;
    out[0] = next(a, b, c, d, e);
    for (const [index, column] of columns.entries()) column[row] = out[index]!;
  }
  return columns;
}

/** Computes an expression of the own frame over source columns. */
export function evaluate(
  expression: Expr,
  source: { readonly [Name in SourceField]?: ArrayLike<number> },
): Float64Array {
  const { node } = expression;
  if (node.kind === "field") return Float64Array.from(source[node.field]!);
  if (node.kind === "align") throw new Error("evaluate computes one frame only");
  if (node.kind === "constant") {
    return new Float64Array(Object.values(source)[0]!.length).fill(node.value);
  }
  const inputs = node.inputs.map((input) => evaluate(input, source));
  return foldOver(node.definition, node.params as ParamValues<Params>, inputs)[node.output]!;
}

/** The last `length` values of a column: what a shorter array of expected values stands beside. */
export function lastValues(column: Float64Array, length: number): Float64Array {
  return column.subarray(column.length - length);
}

/** The first row with a value, or -1. */
export function firstRow(column: Float64Array): number {
  return column.findIndex((value) => !Number.isNaN(value));
}

/**
 * The largest difference of two columns from row `from` on, relative to the expected value (absolute below 1).
 * Infinity where only one of them has a value.
 */
export function worstDifference(actual: Float64Array, expected: Float64Array, from = 0): number {
  return worst(actual, expected, from, (value) => Math.max(1, Math.abs(value)));
}

/** The largest absolute difference of two columns: for expected values that were printed with few decimals. */
export function largestGap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return worst(actual, expected, 0, () => 1);
}

/** 600 bars of a seeded random walk in cents, with fractional volumes and a session of 13 bars. */
export function syntheticBars(seed = 1): { readonly [Name in SourceField]: Float64Array } {
  const length = 600;
  const prng = new Prng(seed);
  const columns = {
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: Float64Array.from({ length }, () => Math.round(1e6 * Math.exp(prng.normal())) / 10),
    closeTimeMs: Float64Array.from({ length }, (_, row) => (row + 1) * 86_400_000),
    session: Float64Array.from({ length }, (_, row) => Math.floor(row / 13)),
  };
  const cents = (price: number): number => Math.round(price * 100) / 100;
  let close = 100;
  for (let row = 0; row < length; row++) {
    const open = close;
    close = cents(open * Math.exp(0.01 * prng.normal()));
    columns.open[row] = open;
    columns.high[row] = cents(Math.max(open, close) * (1 + 0.005 * prng.next()));
    columns.low[row] = cents(Math.min(open, close) * (1 - 0.005 * prng.next()));
    columns.close[row] = close;
  }
  return columns;
}

/**
 * What an indicator promises about its beginning, seen on synthetic bars: the row of its first value beside its
 * declared warm-up, and how much of another starting row is left in it after `warmup + settling` rows, as a
 * share of the range of its values: 0 for a finite window, below 0.001 for a recursive one.
 */
export function startOf(expression: Expr): { firstRow: number; warmup: number; residue: number } {
  const { node } = expression;
  if (node.kind !== "indicator") throw new Error("only an indicator has a start");
  const params = node.params as ParamValues<Params>;
  const warmup = node.definition.warmup(params);
  const settled = warmup + node.definition.settling(params);
  const bars = syntheticBars();
  const skipped = 50;
  const later = Object.fromEntries(
    Object.entries(bars).map(([name, column]) => [name, column.slice(skipped)]),
  );
  const all = evaluate(expression, bars);
  const late = evaluate(expression, later);
  const values = all.filter((value) => !Number.isNaN(value));
  const range = values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  const gap = largestGap(late.subarray(settled), all.subarray(skipped + settled));
  return { firstRow: firstRow(all), warmup, residue: gap / range };
}

type Row = Readonly<Record<string, number | string | null>>;
type BacktraderCase = {
  readonly test: string;
  readonly min_period: number;
  readonly lines_last_first_middle: readonly (readonly string[])[];
};

function worst(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  from: number,
  scale: (expected: number) => number,
): number {
  if (actual.length !== expected.length) throw new Error("columns of different lengths");
  let largest = 0;
  for (let row = from; row < expected.length; row++) {
    const [a, b] = [actual[row]!, expected[row]!];
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    const difference = Math.abs(a - b) / scale(b);
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return largest;
}

function readQuotes(text: string): QuoteColumns {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  const names = header!.toLowerCase().split(",");
  const cells = lines.map((line) => line.split(","));
  const column = (name: string): Float64Array =>
    Float64Array.from(cells, (row) => Number(row[names.indexOf(name)]));
  return {
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
}

function unzip(...parts: readonly string[]): string {
  return gunzipSync(readFileSync(sharedPath(...parts))).toString("utf8");
}

function toNumber(value: number | string | null | undefined): number {
  return typeof value === "number" ? value : Number.NaN;
}
