import { rsi } from "../src/indicators/rsi.ts";
import { sma } from "../src/indicators/sma.ts";
import type { Model } from "../src/ports/model.ts";

/** A rule as a model: likelier up when oversold and above a daily average; it also looks one row back. */
export function ruleModel(changes: Partial<Model> = {}): Model {
  return {
    kind: "rule",
    name: "rule",
    fingerprint: "rule 1",
    trainedThroughMs: -Infinity,
    horizonBars: 0,
    outputs: ["probability", "low", "high"],
    features: ({ bars, tf }) => ({
      strength: rsi(bars.close, 14),
      close: bars.close,
      slow: sma(tf("1d").close, 3),
    }),
    // A real model takes its time.
    predict: async ({ columns, from, to }) => {
      const [strength, close, slow] = columns as readonly [Float64Array, Float64Array, Float64Array];
      await Promise.resolve();
      const probability = Float64Array.from({ length: to - from }, (_, k) => {
        const row = from + k;
        const turn = row > 0 ? strength[row]! - strength[row - 1]! : Number.NaN;
        return 0.5 + (50 - strength[row]!) / 200 + turn / 500 + (close[row]! > slow[row]! ? 0.02 : -0.02);
      });
      return [probability, probability.map((p) => p - 0.03), probability.map((p) => p + 0.03)];
    },
    ...changes,
  };
}
