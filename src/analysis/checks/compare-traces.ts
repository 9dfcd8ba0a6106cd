import type { Bars } from "../../domain/bars.ts";
import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import type { EventList, RunTrace } from "./run-trace.ts";
import type { SeenColumn } from "./seen-columns.ts";

/** The first place where two runs of the same strategy part. */
export type Difference =
  | {
      readonly kind: "column";
      readonly column: SeenColumn;
      readonly timeMs: number;
      readonly first: number;
      readonly second: number;
    }
  | {
      readonly kind: "event";
      readonly timeMs: number;
      readonly first: DecisionEvent | null;
      readonly second: DecisionEvent | null;
    }
  | { readonly kind: "equity"; readonly timeMs: number; readonly first: number; readonly second: number }
  | { readonly kind: "setup"; readonly first: string; readonly second: string }
  | { readonly kind: "failure"; readonly first: string | null; readonly second: string | null };

/**
 * Where two runs part, up to and including `untilMs`: the columns that differ though what they are made of does
 * not, and, when no column differs, the first event or the first equity. Numbers are equal when all their bits
 * are; NaN equals NaN.
 */
export function compareTraces(first: RunTrace, second: RunTrace, untilMs = Infinity): readonly Difference[] {
  const setup = compareSetups(first, second);
  if (setup !== null) return [setup];
  const columns = rootDifferences(first, second, untilMs);
  if (columns.length > 0) return columns;
  // Where a run broke off, its last bars are missing for a reason that is said already.
  const failure = compareFailures(first, second);
  if (failure !== null) return untilMs === Infinity ? [failure] : [];
  const rest = firstEvent(first, second, untilMs) ?? firstEquity(first, second, untilMs);
  return rest === null ? [] : [rest];
}

function compareSetups(first: RunTrace, second: RunTrace): Difference | null {
  const keys = [first, second].map(({ columns }) => columns.map(({ key }) => key));
  const row = keys[0]!.findIndex((key, k) => key !== keys[1]![k]);
  if (row < 0 && keys[0]!.length === keys[1]!.length) return null;
  const at = row < 0 ? Math.min(keys[0]!.length, keys[1]!.length) : row;
  return { kind: "setup", first: keys[0]![at] ?? "nothing", second: keys[1]![at] ?? "nothing" };
}

function compareFailures(first: RunTrace, second: RunTrace): Difference | null {
  const [one, other] = [first.failure?.message ?? null, second.failure?.message ?? null];
  return one === other ? null : { kind: "failure", first: one, second: other };
}

/** A column that differs because an input of it does is a consequence, and not named. */
function rootDifferences(first: RunTrace, second: RunTrace, untilMs: number): readonly Difference[] {
  const differing = new Set<string>();
  const roots: Difference[] = [];
  for (const [index, column] of first.columns.entries()) {
    const bars = first.decided[column.instrument]!;
    const other = second.columns[index]!.values;
    // A run that broke off has shown fewer rows; that it did is said elsewhere.
    const rows = Math.min(rowsUntil(bars, untilMs), column.values.length, other.length);
    const row = firstUnequal(column.values, other, rows);
    if (row < 0) continue;
    const idOf = (key: string) => `${column.instrument} ${key}`;
    differing.add(idOf(column.key));
    if (column.inputKeys.some((key) => differing.has(idOf(key)))) continue;
    const timeMs = bars.closeTimeMs[row]!;
    roots.push({ kind: "column", column, timeMs, first: column.values[row]!, second: other[row]! });
  }
  return roots;
}

function firstUnequal(one: Float64Array, other: Float64Array, rows: number): number {
  for (let row = 0; row < rows; row++) {
    const a = one[row]!;
    const b = other[row]!;
    if (a !== b && (a === a || b === b)) return row;
  }
  return -1;
}

/** How many rows closed by then. */
export function rowsUntil(bars: Bars, untilMs: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bars.closeTimeMs[middle]! <= untilMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstEvent(first: RunTrace, second: RunTrace, untilMs: number): Difference | null {
  const [one, other] = [first.events, second.events];
  for (let row = 0; ; row++) {
    const a = eventAt(one, row, untilMs);
    const b = eventAt(other, row, untilMs);
    if (a === null && b === null) return null;
    if (a !== null && b !== null && isSameEvent(a, b)) continue;
    // The earlier of the two is the one that the other run lacks.
    const timeMs = Math.min(a?.timeMs ?? Infinity, b?.timeMs ?? Infinity);
    const at = (event: DecisionEvent | null) => (event?.timeMs === timeMs ? event : null);
    return { kind: "event", timeMs, first: at(a), second: at(b) };
  }
}

function eventAt(events: EventList, row: number, untilMs: number): DecisionEvent | null {
  const event = row < events.length ? events.at(row)! : null;
  return event !== null && event.timeMs <= untilMs ? event : null;
}

function isSameEvent(a: DecisionEvent, b: DecisionEvent): boolean {
  return (
    a.timeMs === b.timeMs &&
    a.instrument === b.instrument &&
    a.kind === b.kind &&
    a.text === b.text &&
    Object.is(a.first, b.first) &&
    Object.is(a.second, b.second) &&
    Object.is(a.third, b.third)
  );
}

function firstEquity(first: RunTrace, second: RunTrace, untilMs: number): Difference | null {
  const [one, other] = [first.account, second.account];
  const rows = Math.max(one.length, other.length);
  for (let row = 0; row < rows; row++) {
    const timeMs = Math.min(timeAt(one, row), timeAt(other, row));
    if (timeMs > untilMs) return null;
    if (timeAt(one, row) === timeAt(other, row) && Object.is(one.equity[row], other.equity[row])) continue;
    return { kind: "equity", timeMs, first: one.equity[row]!, second: other.equity[row]! };
  }
  return null;
}

function timeAt(account: RunTrace["account"], row: number): number {
  return row < account.length ? account.timeMs[row]! : Infinity;
}
