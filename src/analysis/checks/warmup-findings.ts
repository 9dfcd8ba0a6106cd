import { formatTime } from "../../base/time.ts";
import type { Finding } from "./check-result.ts";
import { columnLabel } from "./describe-difference.ts";
import type { SeenColumn } from "./seen-columns.ts";
import type { Probe, WarmupWindow } from "./warmup-window.ts";

/** What one window says: the bars that decisions need, and those that the engine waits for. */
export type WarmupMeasure = {
  readonly window: WarmupWindow;
  /** Null when nothing within reach is enough. */
  readonly measured: number | null;
  readonly declared: number;
};

/** Series this close to each other decided differently by a hair's breadth: a tie, and no lack of history. */
const tieSpread = 0.01;

/** A decision that changes with more history though the engine would have made it. */
type Shortage = WarmupMeasure & {
  readonly probe: Probe;
  /** The first series that is to blame, inputs first; -1 when all agree. */
  readonly column: number;
  /** Whether the series is right in the window and only its earlier bars are missing. */
  readonly isLookback: boolean;
};

/** The windows in which decisions still change after the engine has begun to decide. */
function shortagesOf(
  measures: readonly WarmupMeasure[],
  columns: readonly SeenColumn[],
): readonly Shortage[] {
  return measures.flatMap((measure) => {
    const { window, measured, declared } = measure;
    if (measured !== null && measured <= declared) return [];
    const isSame = window.probe(declared).isSame && measured !== null;
    const history = isSame ? measured - 1 : declared;
    const probe = window.probe(history);
    const inside = firstToBlame(probe, window, history, columns);
    const before = probe.lookbackErrors.findIndex((error) => error === Infinity);
    return [
      { ...measure, probe, column: inside < 0 ? before : inside, isLookback: inside < 0 && before >= 0 },
    ];
  });
}

/**
 * The first series that history is to blame for, inputs first; -1 where there is none. A series that differs because its
 * inputs do by a hair, and remembers enough itself, is a tie too: a crossing is there or not, and nothing in between.
 */
function firstToBlame(
  { spreadErrors }: Probe,
  window: WarmupWindow,
  history: number,
  columns: readonly SeenColumn[],
): number {
  if (spreadErrors.every((error) => error <= tieSpread)) return -1;
  const remembers = window.ownMemory(history);
  return columns.findIndex(
    ({ inputKeys }, index) =>
      spreadErrors[index]! > tieSpread && !(remembers[index]! && inputKeys.length > 0),
  );
}

/** The windows in which a decision changes though all series agree, or are one cross or another of series that do. */
export function tiesOf(
  measures: readonly WarmupMeasure[],
  columns: readonly SeenColumn[],
): ReadonlySet<WarmupWindow> {
  return new Set(
    shortagesOf(measures, columns).flatMap(({ window, column }) => (column < 0 ? [window] : [])),
  );
}

/** One finding for all windows together; none when the engine waits long enough in each. */
export function warmupFindings(
  measures: readonly WarmupMeasure[],
  columns: readonly SeenColumn[],
): readonly Finding[] {
  const short = shortagesOf(measures, columns).filter(({ column }) => column >= 0);
  const worst = short.toSorted((a, b) => (b.measured ?? Infinity) - (a.measured ?? Infinity))[0];
  if (worst === undefined) return [];
  const { probe, declared } = worst;
  const column = columns[worst.column]!;
  return [
    {
      kind: "warmup",
      culprit: column.name === "" ? column.key : column.name,
      symbol: column.symbol,
      timeMs: probe.timeMs,
      shown: probe.whole,
      otherwise: probe.short,
      sentence:
        `the engine decides after ${declared} bars, and in ${short.length} of ${measures.length} windows more history changes decisions: ` +
        `at ${formatTime(probe.timeMs)} it is ${probe.whole} with all of it and ${probe.short} without; ${endOf(worst)}. ` +
        `${columnLabel(column)} ${faultOf(worst)}`,
    },
  ];
}

function endOf({ measured }: Shortage): string {
  return measured === null
    ? "they change with every history that was tried"
    : `they stop changing after ${measured}`;
}

function faultOf({ probe, column, isLookback }: Shortage): string {
  if (isLookback) return "is looked back on (prev or ago) to bars where it is still missing";
  const error = probe.spreadErrors[column]!;
  const off = Number.isFinite(error)
    ? `is off by ${(100 * error).toPrecision(2)} % of its range`
    : "is missing there";
  return `${off}: the engine must wait longer, so its indicator must declare more warmup or settling`;
}
