import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { dayMs } from "../../base/time.ts";
import { alpha, beta, informationRatio } from "./benchmark.ts";
import { simpleReturn } from "./daily-returns.ts";
import { calmar } from "./drawdown-ratios.ts";
import { maxDrawdownOf } from "./drawdown.ts";
import { cagr, totalReturn } from "./growth.ts";
import { monthlyReturns, yearlyReturns } from "./period-returns.ts";
import { omega, tailRatio } from "./return-shape.ts";
import { sharpe, sortino, volatility } from "./sharpe.ts";

// Expected values: the parameter tables of empyrical's test_stats.py (Apache-2.0), transcribed as data. Where its
// convention differs from ours the case is either translated here or named in `differences` below.

type Case = {
  readonly test: string;
  readonly argument_names: readonly string[];
  readonly arguments: readonly string[];
};
type Tables = { readonly series: Record<string, string>; readonly cases: readonly Case[] };
/** Returns with the calendar day of each; NaN is a missing return. */
type Series = { readonly days: readonly number[]; readonly values: Float64Array };
type Outcome = number | null | readonly (number | null)[];

const perYear: Record<string, number> = {
  "empyrical.DAILY": 252,
  "empyrical.WEEKLY": 52,
  "empyrical.MONTHLY": 12,
  "'yearly'": 1,
};

/** Cases that we answer differently on purpose: the function, its arguments, and our answer. */
const differences = new Map<string, number | null>([
  // No days: a drawdown of nothing is nothing lost.
  ["test_max_drawdown empty_returns", 0],
  // One value has no two tails.
  ["test_tail_ratio one_return", null],
  // Where nothing varies or nothing is lost a ratio is missing, not infinite.
  ["test_sharpe_ratio flat_line_1 0.0", null],
  ["test_sortino positive_returns 0.0 empyrical.DAILY", null],
  ["test_sortino simple_benchmark 0.0 empyrical.DAILY", null],
]);

function parseSeries(text: string, tables: Tables): Series | null {
  const named = tables.series[text];
  if (named !== undefined) return parseSeries(named, tables);
  if (text.startsWith("-")) return mapValues(parseSeries(text.slice(1), tables), (value) => -value);
  if (text.endsWith("[1:]")) return dropFirst(parseSeries(text.slice(0, -4), tables));
  const values = valuesOf(text);
  if (values === null || !text.startsWith("pd.Series(")) return null;
  return {
    days: values.map((_, i) => dayOf(i, /freq='(\w)'/.exec(text)?.[1] ?? "D")),
    values: Float64Array.from(values),
  };
}

function valuesOf(text: string): number[] | null {
  const percent = /np\.array\(\[([^\]]*)\]\) \/ 100/.exec(text);
  if (percent !== null) {
    return percent[1]!
      .split(",")
      .filter((part) => part.trim() !== "")
      .map((part) => Number(part.replace("np.nan", "NaN")) / 100);
  }
  const line = /np\.linspace\(([\d.-]+), ([\d.-]+), num=(\d+)\)/.exec(text);
  if (line === null) return null;
  const [from, to, count] = line.slice(1).map(Number) as [number, number, number];
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** Day of entry `i` of a range that starts on Sunday 2000-01-30: days, Sundays, or ends of months and years. */
function dayOf(i: number, frequency: string): number {
  if (frequency === "M") return Date.UTC(2000, 1 + i, 0) / dayMs;
  if (frequency === "A") return Date.UTC(2001 + i, 0, 0) / dayMs;
  return Date.UTC(2000, 0, 30) / dayMs + i * (frequency === "W" ? 7 : 1);
}

function mapValues(series: Series | null, change: (value: number) => number): Series | null {
  return series && { days: series.days, values: series.values.map(change) };
}

function dropFirst(series: Series | null): Series | null {
  return series && { days: series.days.slice(1), values: series.values.subarray(1) };
}

/** The returns that exist, and on the same days those of `other`, or its one value. */
function aligned(series: Series, other: Series | number): [Float64Array, Float64Array] {
  const kept: number[] = [];
  const partners: number[] = [];
  for (const [i, day] of series.days.entries()) {
    const partner = typeof other === "number" ? other : (other.values[other.days.indexOf(day)] ?? Number.NaN);
    if (Number.isNaN(series.values[i]! + partner)) continue;
    kept.push(series.values[i]!);
    partners.push(partner);
  }
  return [Float64Array.from(kept), Float64Array.from(partners)];
}

function excess(series: Series, other: Series | number): Float64Array {
  const [values, partners] = aligned(series, other);
  return values.map((value, i) => value - partners[i]!);
}

/** Equity of one unit; a missing return counts as a period without a change, as empyrical counts it. */
function equityOf(series: Series): Float64Array {
  let equity = 1;
  return series.values.map((value) => (equity *= 1 + (Number.isNaN(value) ? 0 : value)));
}

function growthOf(series: Series, period: string): number | null {
  const equity = equityOf(series);
  return cagr(1, equity.at(-1) ?? 1, equity.length, perYear[period]!);
}

function drawdownOf(series: Series): number {
  return maxDrawdownOf(equityOf(series), series.values.length, 1);
}

function alphaBeta(series: Series, benchmark: Series): readonly (number | null)[] {
  const [values, held] = aligned(series, benchmark);
  const yearly = alpha(values, held, 252);
  // empyrical compounds the daily alpha, ours is the daily alpha times 252.
  return [yearly === null ? null : (1 + yearly / 252) ** 252 - 1, beta(values, held)];
}

function periodTable(series: Series, period: string): readonly (number | null)[] {
  const daily = { days: Int32Array.from(series.days), equity: equityOf(series), returns: series.values };
  return (period === "empyrical.MONTHLY" ? monthlyReturns : yearlyReturns)(daily, 1).map(
    (row) => row.returnFraction,
  );
}

const interpreters: Record<
  string,
  (series: Series, argument: string, other: Series | number, period: string) => Outcome
> = {
  test_cum_returns_final: (series, start) => {
    const final = simpleReturn(1, equityOf(series).at(-1) ?? Number.NaN);
    return Number.isNaN(final)
      ? null
      : start === "0"
        ? totalReturn(1, 1 + final)
        : Number(start) * (1 + final);
  },
  test_aggregate_returns: (series, period) => periodTable(series, period),
  test_max_drawdown: (series) => drawdownOf(series),
  test_annual_ret: (series, period) => growthOf(series, period),
  test_cagr: (series, period) => growthOf(series, period),
  test_annual_volatility: (series, period) => volatility(excess(series, 0), perYear[period]!),
  test_calmar: (series, period) => calmar(growthOf(series, period), drawdownOf(series)),
  test_sharpe_ratio: (series, _, other) => sharpe(excess(series, other), 252),
  test_sortino: (series, _, other, period) => sortino(excess(series, other), perYear[period]!),
  // Not annualised there.
  test_excess_sharpe: (series, _, other) => {
    const [values, held] = aligned(series, other);
    return informationRatio(values, held, 1);
  },
  // The required return is per year there and compounds.
  test_omega: (series, _, riskFree, required) => {
    const threshold = (1 + Number(required)) ** (1 / 252) - 1;
    return omega(excess(series, riskFree), threshold);
  },
  // The missing first return counts as zero in this table.
  test_tail_ratio: (series) => tailRatio(series.values.map((value) => (Number.isNaN(value) ? 0 : value))),
  test_alpha_beta: (series, _, other) => alphaBeta(series, other as Series),
  test_alpha: (series, _, other) => alphaBeta(series, other as Series)[0]!,
  test_beta: (series, _, other) => alphaBeta(series, other as Series)[1]!,
};

/** Our answer to a case, or the reason why there is none. */
function answer(one: Case, tables: Tables): Outcome | string {
  const [name, argument = "", period = ""] = one.arguments;
  const interpreter = interpreters[one.test];
  if (interpreter === undefined) return "no counterpart";
  const series = parseSeries(name!, tables);
  const other = Number.isNaN(Number(argument)) ? parseSeries(argument, tables) : Number(argument);
  const isPeriod = argument.startsWith("empyrical.") || argument === "'yearly'";
  if (series === null || (other === null && !isPeriod && one.arguments.length > 2))
    return "random or tabular input";
  if (argument === "empyrical.WEEKLY" && one.test === "test_aggregate_returns") return "no weekly table";
  if (argument === "empyrical.QUARTERLY") return "no quarterly table";
  return interpreter(series, argument, other ?? 0, period);
}

function expectedOf(one: Case, tables: Tables): Outcome {
  const text = one.arguments[one.argument_names.indexOf("expected")]!;
  const total = /^empyrical\.cum_returns_final\((\w+)\)$/.exec(text);
  if (total !== null) return totalReturn(1, equityOf(parseSeries(total[1]!, tables)!).at(-1)!);
  const single = /^(\w+)\[0\]$/.exec(text);
  if (single !== null) return parseSeries(single[1]!, tables)!.values[0]!;
  const numbers = text
    .replaceAll(/[()[\]\s]/g, "")
    .split(",")
    .map((part) => (part === "np.nan" ? null : part === "np.inf" ? Infinity : Number(part)));
  return /^[([]/.test(text) ? numbers : numbers[0]!;
}

/** The printed digits decide: 17 of most numbers, 5 of the cumulative returns. */
function agrees(actual: Outcome, expected: Outcome, tolerance: number): boolean {
  const [ours, theirs] = [[actual].flat(), [expected].flat()];
  const same = (value: number | null, other: number | null) =>
    value === null || other === null
      ? value === other
      : Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(other));
  return ours.length === theirs.length && ours.every((value, i) => same(value, theirs[i]!));
}

test.skipIf(!hasShared)("empyrical's tables agree, but for the conventions named here", () => {
  const path = sharedPath("fixtures", "market", "empyrical-metrics", "expected_values.json");
  const tables: Tables = JSON.parse(readFileSync(path, "utf8"));
  const skipped = new Map<string, number>();
  const disagreeing: string[] = [];
  let compared = 0;
  for (const one of tables.cases) {
    if (!one.argument_names.includes("expected")) continue;
    const actual = answer(one, tables);
    if (typeof actual === "string") {
      const reason = actual === "no counterpart" ? actual : `${one.test}: ${actual}`;
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
      continue;
    }
    compared += 1;
    const name = [one.test, ...one.arguments.slice(0, one.argument_names.indexOf("expected"))].join(" ");
    const sign = one.test === "test_max_drawdown" ? -1 : 1;
    const ours = typeof actual === "number" ? sign * actual : actual;
    const isDifference = differences.has(name);
    if (isDifference) expect(actual, name).toBe(differences.get(name));
    const tolerance = one.test === "test_cum_returns_final" ? 1e-5 : 1e-12;
    if (agrees(ours, expectedOf(one, tables), tolerance) === isDifference)
      disagreeing.push(`${name}: ${String(ours)}`);
  }
  expect(disagreeing).toEqual([]);
  expect(compared).toBe(83);
  expect(Object.fromEntries(skipped)).toEqual({
    // Downside risk, stability, GPD, capture ratios, and rolling or one-sided alpha and beta: metrics we do not print.
    "no counterpart": 89,
    "test_aggregate_returns: no quarterly table": 2,
    "test_aggregate_returns: no weekly table": 1,
    "test_beta: random or tabular input": 6,
    "test_sortino: random or tabular input": 3,
    "test_tail_ratio: random or tabular input": 1,
  });
});
