import { Prng } from "../src/base/prng.ts";
import { hourMs } from "../src/base/time.ts";
import { drawPath } from "../src/data/synthetic/intrabar-path.ts";
import { defaultRegimes, regimePath } from "../src/data/synthetic/regime-path.ts";
import { barsOf, type Bars } from "../src/domain/bars.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import { barSeries } from "../src/domain/expression.ts";
import { regimeLabels, type RegimeLabel } from "../src/domain/regime.ts";
import { ColumnStore } from "../src/engine/columns/column-store.ts";
import type { RegimeDetector } from "../src/ports/regime.ts";

/** What a detector says of every bar. */
export type FoldedRegime = {
  /** Five probabilities by label, then label, dwell and expected dwell. */
  readonly columns: readonly Float64Array[];
  readonly labels: readonly RegimeLabel[];
};

/** Folds a detector over bars, as the engine does. */
export function foldRegime(detect: RegimeDetector, bars: Bars, calendarName = "24/7"): FoldedRegime {
  const store = new ColumnStore(bars, calendarNamed(calendarName), () => {
    throw new Error("there is one symbol");
  });
  const { posterior, label, dwell, expectedDwell } = detect(barSeries());
  const expressions = [...regimeLabels.map((name) => posterior[name]), label, dwell, expectedDwell];
  const columns = expressions.map((expression) => store.column(expression).values.slice(0, bars.length));
  return { columns, labels: Array.from(columns[5]!, (index) => regimeLabels[index] ?? "unknown") };
}

/** A market in which the regimes are all there is. */
export type PlantedOptions = {
  readonly seed: number;
  readonly bars: number;
  /** Of the trends, in standard deviations of a bar. */
  readonly drift: number;
  /** Share of the way back to where a sideways stretch began that its next bar is expected to go. */
  readonly pull?: number;
  /** Standard deviation of a bar's log return in a regime of volatility 1. */
  readonly deviation?: number;
  /** All of one regime: a market without any. */
  readonly isUniform?: boolean;
};

/** Hourly bars of regimes and nothing else: no clusters of volatility, no fat tails, no jumps. */
export function plantedMarket({
  seed,
  bars: length,
  drift,
  pull = 0,
  deviation: unit = 0.002,
  isUniform = false,
}: PlantedOptions): { readonly bars: Bars; readonly truth: readonly RegimeLabel[] } {
  const prng = new Prng(seed);
  const all = defaultRegimes.map((regime) => ({
    ...regime,
    drift: Math.sign(regime.drift) * drift,
    pull: regime.name === "sideways" ? pull : 0,
  }));
  const regimes = isUniform ? [{ ...all[0]!, name: "sideways", drift: 0, volatility: 1 }] : all;
  const path = regimePath(regimes, length, prng.fork("path"));
  const fields = () => new Float64Array(length);
  const [closeTimeMs, open, high, low, close, volume] = Array.from({ length: 6 }, fields) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const shape = { high: 0, low: 0, close: 0 };
  let price = 100;
  let anchor = price;
  for (let row = 0; row < length; row++) {
    const { drift: mean, volatility, pull: back } = regimes[path[row]!]!;
    const deviation = unit * volatility;
    if (row > 0 && path[row] !== path[row - 1]) anchor = price;
    const move = deviation * (mean - deviation / 2 + prng.normal()) + back * Math.log(anchor / price);
    drawPath(move, deviation, 0, prng, shape);
    closeTimeMs[row] = (row + 1) * hourMs;
    open[row] = price;
    high[row] = price * Math.exp(shape.high);
    low[row] = price * Math.exp(shape.low);
    price *= Math.exp(shape.close);
    close[row] = price;
    volume[row] = 1;
  }
  return {
    bars: barsOf("PLANTED", "1h", { closeTimeMs, open, high, low, close, volume }),
    truth: Array.from(path, (index) => regimes[index]!.name as RegimeLabel),
  };
}

/** Changes of a list. */
export function changesOf(labels: readonly string[]): number {
  return labels.reduce((count, label, row) => count + (row > 0 && label !== labels[row - 1] ? 1 : 0), 0);
}

/** Share of the places at which two lists agree. */
export function agreement(one: readonly string[], other: readonly string[]): number {
  return one.reduce((count, label, row) => count + (label === other[row] ? 1 : 0), 0) / one.length;
}
