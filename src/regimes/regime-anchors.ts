import type { RegimeLabel } from "../domain/regime.ts";
import type { HmmParams } from "../learning/hmm/hmm-params.ts";
import type { Anchors } from "../learning/hmm/hmm-options.ts";

/** What a regime is taken to look like before any bar is seen: drift in t-statistics, log volatility from its median. */
type Prototype = {
  readonly label: RegimeLabel;
  readonly drift: number;
  readonly driftSpread: number;
  readonly volatility: number;
  readonly volatilitySpread: number;
};

const prototypes: readonly Prototype[] = [
  { label: "trend-up", drift: 1.4, driftSpread: 1, volatility: 0, volatilitySpread: 0.25 },
  { label: "trend-down", drift: -1.4, driftSpread: 1, volatility: 0.1, volatilitySpread: 0.25 },
  { label: "sideways", drift: 0, driftSpread: 0.9, volatility: -0.15, volatilitySpread: 0.25 },
  { label: "volatile", drift: 0, driftSpread: 1.1, volatility: 0.6, volatilitySpread: 0.25 },
];
const staying = 0.9;
const [up, down, sideways, volatile] = [0, 1, 2, 3] as const;
/** Trends whose drifts are nearer than this t-statistic, and a wild state not this much wilder, are not told apart. */
const apartMin = 0.3;

/** Whether states have run into each other or changed places: their names would no longer mean what they say. */
export function hasCollapsed({ means }: Pick<HmmParams, "means">): boolean {
  const [drift, level] = [(state: number) => means[2 * state]!, (state: number) => means[2 * state + 1]!];
  const isApart =
    drift(up) - drift(sideways) >= apartMin &&
    drift(sideways) - drift(down) >= apartMin &&
    level(volatile) - level(sideways) >= apartMin;
  // NaN is apart from nothing.
  return !isApart;
}

/** The names of the states, in the order of the anchors. */
export const anchoredLabels: readonly RegimeLabel[] = prototypes.map(({ label }) => label);

/**
 * Rows that stand for the prototypes: four around the middle of each, so that mean and spread are both anchored.
 * `medianVolatility` is the median of the log volatilities that are fitted; `rows` is what each prototype is worth, in rows.
 */
export function regimeAnchors(medianVolatility: number, rows: number): Anchors {
  const root = Math.SQRT2;
  const values = prototypes.flatMap(({ drift, driftSpread, volatility, volatilitySpread }) => {
    const level = medianVolatility + volatility;
    return [
      [drift - root * driftSpread, level],
      [drift + root * driftSpread, level],
      [drift, level - root * volatilitySpread],
      [drift, level + root * volatilitySpread],
    ].flat();
  });
  return {
    rows: Float64Array.from(values),
    states: Uint8Array.from({ length: 4 * prototypes.length }, (_, row) => row >> 2),
    weight: rows / 4,
  };
}

/** The model that the prototypes alone make: where every fit begins. */
export function prototypeModel(medianVolatility: number): HmmParams {
  const states = prototypes.length;
  return {
    states,
    features: 2,
    covariance: "full",
    initial: new Float64Array(states).fill(1 / states),
    transition: Float64Array.from({ length: states * states }, (_, k) =>
      k % (states + 1) === 0 ? staying : (1 - staying) / (states - 1),
    ),
    means: Float64Array.from(
      prototypes.flatMap(({ drift, volatility }) => [drift, medianVolatility + volatility]),
    ),
    covariances: Float64Array.from(
      prototypes.flatMap(({ driftSpread, volatilitySpread }) => [
        driftSpread ** 2,
        0,
        0,
        volatilitySpread ** 2,
      ]),
    ),
  };
}
