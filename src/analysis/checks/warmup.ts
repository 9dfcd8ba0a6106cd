import { KiwiError } from "../../base/errors.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { CheckResult } from "./check-result.ts";
import type { CheckSubject } from "./check-subject.ts";
import { countWork } from "./check-work.ts";
import { compareTraces } from "./compare-traces.ts";
import { declaredBars, declaredRows, rowsBefore, type FrameRows } from "./declared-warmup.ts";
import { columnLabel } from "./describe-difference.ts";
import { ordinaryRun, type RunTrace } from "./run-trace.ts";
import { lookDown, smallestHistory } from "./smallest-history.ts";
import { tiesOf, warmupFindings, type WarmupMeasure } from "./warmup-findings.ts";
import { tooFewBars } from "./too-few-bars.ts";
import { WarmupWindow } from "./warmup-window.ts";

/** Where decisions are compared. */
export type WarmupOptions = {
  readonly windows: number;
  /** Decision bars in each window. */
  readonly windowRows: number;
  /** The longest history that is tried, in base bars; four times the declared one when that is longer. */
  readonly historyMax: number;
};

/** What `kiwi check warmup` does when nothing is said. */
export const warmupDefaults: WarmupOptions = { windows: 8, windowRows: 100, historyMax: 5_000 };

/** How much history a column needs until it agrees to 1e-9 of its value, to one percent. */
export type ColumnHistory = {
  readonly label: string;
  readonly symbol: string;
  /** Base bars; null when nothing within reach is enough, as for a sum that never forgets. */
  readonly bars: number | null;
};

/** One stretch of bars on which decisions were compared, and what they need there, ties included. */
export type MeasuredWindow = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly measuredBars: number | null;
  readonly declaredBars: number;
};

/** The history that decisions need, and the history that the engine waits for. */
export type WarmupResult = CheckResult<"warmup"> & {
  readonly windows: readonly MeasuredWindow[];
  /** Base bars before a decision beyond which more change no decision; null when nothing within reach is enough. */
  readonly measuredBars: number | null;
  /** Base bars before the first decision that the engine makes. */
  readonly declaredBars: number;
  /** The same by frame, in rows before the newest one; `""` is the strategy's own frame. */
  readonly measuredRows: FrameRows | null;
  readonly declaredRows: FrameRows;
  /** The slowest first. */
  readonly columns: readonly ColumnHistory[];
};

const columnTolerance = 1e-9;
const columnWindows = 3;
const columnPrecision = 0.01;
/** Series that differ by less of their range decide alike but for the rarest of ties. */
const settledSpread = 1e-4;

/** A choice among strategies learns from every bar since the first: where its history begins is part of what it is. */
export function learnsForEver({ bars }: Pick<CheckSubject, "bars">, strategyName: string): WarmupResult {
  return {
    id: "warmup",
    pass: null,
    findings: [],
    notes: [
      "it learns from every bar since the first, so no number of bars is enough; begin live trading from the same first bar",
    ],
    strategyName,
    barsGiven: bars.reduce((sum, { length }) => sum + length, 0),
    barsCompared: 0,
    columnsCompared: 0,
    windows: [],
    measuredBars: null,
    declaredBars: 0,
    measuredRows: null,
    declaredRows: {},
    columns: [],
  };
}

/**
 * Measures how much history a strategy's decisions need, and compares it with what the engine waits for. In each
 * window the strategy starts flat and with a new memory; the only difference between two runs is where their bars
 * begin. Fails when decisions still change after the engine has begun to decide.
 * Throws `CHECK_TOO_FEW_BARS` when the bars are not enough to tell and `CHECK_NOT_REPEATABLE` when the runs differ
 * anyway.
 */
export async function warmup(
  subject: CheckSubject,
  options: WarmupOptions = warmupDefaults,
): Promise<WarmupResult> {
  const strategy = await subject.load();
  if (strategy.plan !== undefined) return learnsForEver(subject, strategy.name);
  const total = subject.bars.reduce((sum, { length }) => sum + length, 0);
  // How many runs a window takes is found out on the way: each counts as one over all bars, as do the series at the end.
  const took = countWork(subject, total * (3 + options.windows));
  const whole = ordinaryRun(subject, strategy, subject.params, subject.bars);
  took(total);
  if (whole.failure !== null) throw whole.failure;
  const again = ordinaryRun(subject, await subject.load(), subject.params, subject.bars);
  took(total);
  if (compareTraces(whole, again).length > 0) throw notRepeatable(strategy.name);
  const windows = windowTimes(whole, options).map(
    ([fromMs, toMs]) => new WarmupWindow(subject, strategy, fromMs, toMs),
  );
  const measures = windows.map((window) => {
    const measured = measure(subject, strategy, window, options);
    took(total);
    return measured;
  });
  const ties = tiesOf(measures, whole.columns);
  // In a tie the series agree, and no history would settle it: the engine has waited long enough.
  const needed = measures.map((one) => (ties.has(one.window) ? one.declared : (one.measured ?? Infinity)));
  const worst = needed.indexOf(Math.max(...needed));
  const measuredBars = needed[worst] === Infinity ? null : needed[worst]!;
  const needs = declaredRows(subject, strategy);
  const findings = warmupFindings(measures, whole.columns);
  return {
    id: "warmup",
    pass: findings.length === 0,
    findings,
    notes: notesOf(measures, ties.size),
    strategyName: strategy.name,
    barsGiven: total,
    barsCompared: total,
    columnsCompared: whole.columns.length,
    windows: measures.map(({ window, measured, declared }) => ({
      fromMs: window.fromMs,
      toMs: window.toMs,
      measuredBars: measured,
      declaredBars: declared,
    })),
    measuredBars,
    declaredBars: Math.max(...measures.map(({ declared }) => declared)),
    measuredRows:
      measuredBars === null
        ? null
        : rowsBefore(subject, strategy, windows[worst]!, measuredBars, Object.keys(needs)),
    declaredRows: needs,
    columns: columnHistories(windows.slice(0, columnWindows), whole, reach(measures, options)),
  };
}

/** Windows in the newer half of the bars. Every other one begins at a bar on which the strategy spoke, if it did. */
function windowTimes(whole: RunTrace, { windows, windowRows }: WarmupOptions): readonly [number, number][] {
  const bars = whole.decided[0]!;
  const from = Math.floor(bars.length / 2);
  const room = bars.length - windowRows - from;
  if (room < windows) throw tooFew(`${bars.length} bars do not hold ${windows} windows of ${windowRows}`);
  const rowOf = new Map(Array.from({ length: room }, (_, k) => [bars.closeTimeMs[from + k]!, from + k]));
  const spoken: number[] = [];
  for (let k = 0; k < whole.events.length; k++) {
    const { kind, timeMs } = whole.events.at(k)!;
    if (kind === "signal" && rowOf.has(timeMs)) spoken.push(rowOf.get(timeMs)!);
  }
  return Array.from({ length: windows }, (_, k) => {
    const share = (k + 0.5) / windows;
    const row =
      (k % 2 === 1 ? spoken[Math.floor(share * spoken.length)] : undefined) ??
      from + Math.floor(share * room);
    return [bars.closeTimeMs[row]!, bars.closeTimeMs[row + windowRows]!];
  });
}

function measure(
  subject: CheckSubject,
  strategy: AnyStrategy,
  window: WarmupWindow,
  options: WarmupOptions,
): WarmupMeasure {
  const declared = declaredBars(subject, strategy, window);
  if (declared === null)
    throw tooFew(`no symbol is decided on after ${window.historyMax} bars, half of those there are`);
  const longest = Math.min(window.historyMax, Math.max(options.historyMax, 4 * declared));
  const isSame = (history: number) => window.probe(history).isSame;
  const found = smallestHistory(longest, isSame);
  // Decisions may agree by luck at a length and differ at a longer one, as long as the series still differ.
  const isSettled = (history: number) => Math.max(0, ...window.probe(history).spreadErrors) <= settledSpread;
  const settled = smallestHistory(longest, isSettled) ?? longest;
  return { window, measured: found === null ? null : lookDown(found, settled, isSame), declared };
}

function reach(measures: readonly WarmupMeasure[], { historyMax }: WarmupOptions): number {
  return Math.min(
    ...measures.map(({ window, declared }) =>
      Math.min(window.historyMax, Math.max(historyMax, 4 * declared)),
    ),
  );
}

function columnHistories(
  windows: readonly WarmupWindow[],
  whole: RunTrace,
  longest: number,
): readonly ColumnHistory[] {
  return whole.columns
    .map((column, index) => ({
      label: columnLabel(column),
      symbol: column.symbol,
      bars: smallestHistory(
        longest,
        (history) => windows.every((window) => window.probe(history).errors[index]! <= columnTolerance),
        columnPrecision,
      ),
    }))
    .sort((a, b) => (b.bars ?? Infinity) - (a.bars ?? Infinity));
}

function notesOf(measures: readonly WarmupMeasure[], ties: number): readonly string[] {
  const notes: string[] = [];
  const isSilent = measures.every(({ window }) => window.decisions === 0);
  if (isSilent) notes.push("the strategy decided nothing in these windows, so only its series were measured");
  if (ties > 0)
    notes.push(
      `in ${ties} of ${measures.length} windows a decision changes with more history though all series agree to a hundredth of their range, or are a cross of series that do: a tie that any history may turn`,
    );
  return notes;
}

function notRepeatable(name: string): KiwiError {
  return new KiwiError({
    code: "CHECK_NOT_REPEATABLE",
    exit: "check",
    message: `two runs of ${name} on the same bars differ, so its warm-up cannot be measured`,
    why: "it uses chance, the clock, or state that a run leaves behind",
    fix: "kiwi check repro and kiwi check lookahead   say what it is",
    topic: "checks",
  });
}

function tooFew(why: string): KiwiError {
  const fix = "give more bars: at least three times what the strategy's series need, and 1,000";
  return tooFewBars("to measure the warm-up", why, fix);
}
