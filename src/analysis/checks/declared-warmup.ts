import { ownFrame, type FrameKey } from "../../domain/expression.ts";
import { warmupOf } from "../../engine/columns/warmup.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { CheckSubject } from "./check-subject.ts";
import { rowsUntil } from "./compare-traces.ts";
import type { WarmupWindow } from "./warmup-window.ts";

/** Rows by frame; `""` is the strategy's own. */
export type FrameRows = Readonly<Record<FrameKey, number>>;

/** The rows of each frame that the engine waits for, from the strategy's expressions; `""` is its own frame. */
export function declaredRows(subject: CheckSubject, strategy: AnyStrategy): FrameRows {
  const rows: Record<FrameKey, number> = { [ownFrame]: 0 };
  for (const { expressions } of subject.build(strategy, subject.params, subject.bars).pipeline.runners) {
    for (const expression of Object.values(expressions)) {
      for (const [frame, need] of warmupOf(expression)) rows[frame] = Math.max(rows[frame] ?? 0, need);
    }
  }
  return rows;
}

/**
 * The fewest bars before a window after which the engine decides on its first bar, for every symbol that it decides on
 * there at all; null when there is none.
 */
export function declaredBars(
  subject: CheckSubject,
  strategy: AnyStrategy,
  window: WarmupWindow,
): number | null {
  const decided = readySymbols(subject, strategy, window, window.historyMax);
  if (decided.size === 0) return null;
  let [tooFew, enough] = [-1, window.historyMax];
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (readySymbols(subject, strategy, window, middle).size === decided.size) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/** The symbols that the engine decides on at the first bar of a window, `history` bars after the run began. */
function readySymbols(
  subject: CheckSubject,
  strategy: AnyStrategy,
  window: WarmupWindow,
  history: number,
): ReadonlySet<string> {
  const { runners } = subject.build(strategy, subject.params, window.bars(history)).pipeline;
  const ready = runners.filter((runner) => {
    const row = rowsUntil(runner.store.bars, window.fromMs) - 1;
    if (row < 0) return false;
    try {
      return runner.decide(row, window.fromMs) !== "warming up";
    } catch {
      // The strategy was asked, and what it thinks of a bar out of the blue is of no interest here.
      return true;
    }
  });
  return new Set(ready.map(({ store }) => store.bars.symbol));
}

/** Rows of each frame before the first bar of a window, in a run that begins `history` bars earlier. */
export function rowsBefore(
  subject: CheckSubject,
  strategy: AnyStrategy,
  window: WarmupWindow,
  history: number,
  frames: readonly FrameKey[],
): FrameRows {
  const session = subject.build(strategy, subject.params, window.bars(history));
  const { store } = session.pipeline.runners[0]!;
  const row = rowsUntil(store.bars, window.fromMs) - 1;
  const rowIn = (frame: FrameKey) => (frame === ownFrame ? row : (store.frame(frame).visible[row] ?? -1));
  return Object.fromEntries(frames.map((frame) => [frame, Math.max(0, rowIn(frame))]));
}
