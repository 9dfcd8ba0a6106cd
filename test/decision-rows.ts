import type { Ground } from "../src/app/session/backtest-setup.ts";

/** The rows of the decision bars that a run decides on, and the close of the base bar on which it does. */
export type DecisionRows = { readonly rows: Int32Array; readonly timeMs: Float64Array };

/** Goes over the bars of an instrument as a run does. */
export function decisionRows({ frames, bars, stores }: Ground, instrument: number): DecisionRows {
  const base = bars[instrument]!;
  const frame = frames?.[instrument];
  const rows = new Int32Array(stores[instrument]!.bars.length);
  const timeMs = new Float64Array(rows.length);
  let count = 0;
  let last = -1;
  for (let k = 0; k < base.length; k++) {
    const row = frame === undefined ? k : frame.visible[k]!;
    if (row === last) continue;
    last = row;
    rows[count] = row;
    timeMs[count] = base.closeTimeMs[k]!;
    count += 1;
  }
  return { rows: rows.subarray(0, count), timeMs: timeMs.subarray(0, count) };
}
