import { formatTime } from "../../base/time.ts";
import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import type { Finding, FindingKind } from "./check-result.ts";
import type { Difference } from "./compare-traces.ts";
import type { SeenColumn } from "./seen-columns.ts";

/** Two runs that should have been alike: what a difference means, and how to speak of either run. */
export type Comparison = {
  readonly kind: FindingKind;
  /** "when ...": completes what the first run shows. */
  readonly first: string;
  readonly second: string;
};

/** Says what a difference between two runs is, in one sentence. `symbols` are by instrument. */
export function describeDifference(
  difference: Difference,
  comparison: Comparison,
  symbols: readonly string[],
): Finding {
  switch (difference.kind) {
    case "column":
      return describeColumn(difference, comparison);
    case "event":
      return describeEvent(difference, comparison, symbols);
    case "equity":
      return {
        ...blank(comparison, difference.timeMs, difference.first, difference.second),
        culprit: "the account",
        sentence: `${atTime(difference.timeMs)} the account is worth ${difference.first} ${comparison.first} and ${difference.second} ${comparison.second}, though all signals and orders are the same`,
      };
    case "setup":
      return {
        ...blank(comparison, null, difference.first, difference.second),
        culprit: "setup",
        sentence: `setup asks for ${difference.first} ${comparison.first} and for ${difference.second} ${comparison.second}`,
      };
    case "failure":
      return {
        ...blank(comparison, null, difference.first, difference.second),
        culprit: "the run",
        sentence: `the run ${ending(difference.first)} ${comparison.first} and ${ending(difference.second)} ${comparison.second}`,
      };
  }
}

/** What people call a column: the strategy's own name for it, or its expression. */
export function columnLabel({ name, key }: SeenColumn): string {
  return name === "" || name === key ? key : `"${name}" = ${key}`;
}

function describeColumn(
  { column, timeMs, first, second }: Extract<Difference, { kind: "column" }>,
  comparison: Comparison,
): Finding {
  const { key, name, symbol, isComputed } = column;
  const what = `${columnLabel(column)} of ${symbol}`;
  const blame = isComputed ? "" : "; no strategy can cause this, so the engine or its data are to blame";
  return {
    ...blank(comparison, timeMs, first, second),
    kind: isComputed ? comparison.kind : "engine",
    culprit: name === "" ? key : name,
    symbol,
    sentence: `${what} ${atTime(timeMs)} is ${first} ${comparison.first} and ${second} ${comparison.second}${blame}`,
  };
}

function describeEvent(
  { timeMs, first, second }: Extract<Difference, { kind: "event" }>,
  comparison: Comparison,
  symbols: readonly string[],
): Finding {
  const instrument = (first ?? second)?.instrument ?? -1;
  const symbol = symbols[instrument] ?? null;
  const [shown, otherwise] = [eventText(first), eventText(second)];
  const of = symbol === null ? "" : ` for ${symbol}`;
  return {
    ...blank(comparison, timeMs, shown, otherwise),
    // A column would have kept its own kind; here only what was decided differs.
    kind: comparison.kind === "column" ? "decision" : comparison.kind,
    culprit: (first ?? second)?.kind ?? "event",
    symbol,
    sentence: `${atTime(timeMs)} the run has ${shown}${of} ${comparison.first} and ${otherwise} ${comparison.second}`,
  };
}

function eventText(event: DecisionEvent | null): string {
  if (event === null) return "nothing";
  const numbers = [event.first, event.second, event.third].filter((value) => !Number.isNaN(value));
  return `${event.kind} ${numbers.join(" ")} (${event.text})`;
}

function ending(failure: string | null): string {
  return failure === null ? "reaches its end" : `fails with "${failure}"`;
}

function atTime(timeMs: number): string {
  return `at ${formatTime(timeMs)}`;
}

function blank(
  { kind }: Comparison,
  timeMs: number | null,
  first: number | string | null,
  second: number | string | null,
): Omit<Finding, "culprit" | "sentence"> {
  const plain = (value: number | string | null) =>
    typeof value === "number" && !Number.isFinite(value) ? null : value;
  return {
    kind: kind === "column" ? "decision" : kind,
    symbol: null,
    timeMs,
    shown: plain(first),
    otherwise: plain(second),
  };
}
