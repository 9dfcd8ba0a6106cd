import { regimeLabels, type RegimeLabel } from "../../domain/regime.ts";
import type { BarSource } from "../bars/load-bars.ts";

/** The true regime of every bar of a symbol, as an index into `regimeLabels`; rows by close time. */
export type RegimeTruth = {
  readonly symbol: string;
  readonly closeTimeMs: Float64Array;
  readonly label: Uint8Array;
};

/** What is known about the true regimes of the data of a run: those of made-up bars, and of no others. */
export function regimeTruths(sources: readonly Pick<BarSource, "bars" | "truth">[]): readonly RegimeTruth[] {
  return sources.flatMap(({ bars, truth }) => {
    if (truth === undefined) return [];
    const labels = truth.names.map((name) => regimeLabels.indexOf(name as RegimeLabel));
    // A market with regimes of other names has no truth in these words.
    if (labels.includes(-1)) return [];
    const { symbol, closeTimeMs, length } = bars;
    return [
      {
        symbol,
        closeTimeMs: closeTimeMs.subarray(0, length),
        label: truth.regime.map((name) => labels[name]!),
      },
    ];
  });
}

/** The truth at each of some rising moments: that of the last bar which had closed. */
export function truthAt(
  { closeTimeMs, label }: RegimeTruth,
  timeMs: Float64Array,
  length: number,
): Uint8Array {
  const found = new Uint8Array(length).fill(regimeLabels.indexOf("unknown"));
  let bar = -1;
  for (let row = 0; row < length; row++) {
    while (bar + 1 < closeTimeMs.length && closeTimeMs[bar + 1]! <= timeMs[row]!) bar += 1;
    if (bar >= 0) found[row] = label[bar]!;
  }
  return found;
}
