import { Prng } from "../../base/prng.ts";
import type { Estimate } from "../../domain/predictor-artifact.ts";
import { bootstrapInterval, meanOf } from "../statistics/bootstrap.ts";
import { scorePredictions, type Judged } from "./score-predictions.ts";

/** Two models on the same rows. */
export type Compared = {
  readonly rows: number;
  readonly fromMs: number;
  readonly throughMs: number;
  readonly accuracy: readonly [Estimate, Estimate];
  readonly logLoss: readonly [number, number];
  readonly brier: readonly [number, number];
  /** Log loss of the first less that of the second, per row: above zero the second is better. */
  readonly gain: Estimate | null;
  readonly better: "first" | "second" | "neither";
};

const samples = 1_000;

/** Compares two models row by row, so that what makes a row hard for both says nothing. Rows that one of them lacks are left out. */
export function comparePredictions(
  first: Judged,
  second: Judged,
  horizonBars: number,
  seed: number,
): Compared | null {
  const rowOf = new Map(Array.from(second.closeTimeMs, (timeMs, row) => [timeMs, row]));
  const pairs = Array.from(
    first.closeTimeMs,
    (timeMs, row) => [row, rowOf.get(timeMs) ?? -1] as const,
  ).filter(([, other]) => other >= 0);
  if (pairs.length === 0) return null;
  const [one, two] = [
    part(
      first,
      pairs.map(([row]) => row),
    ),
    part(
      second,
      pairs.map(([, row]) => row),
    ),
  ];
  const gains = Float64Array.from(pairs, (_, k) => lossOf(one, k) - lossOf(two, k));
  const found = bootstrapInterval(gains, meanOf, {
    prng: new Prng(seed).fork("compare"),
    samples,
    blockLength: Math.min(gains.length, Math.max(2 * horizonBars, Math.round(Math.cbrt(gains.length)))),
  });
  const gain = found && { value: found.estimate, low: found.low, high: found.high };
  const [a, b] = [scorePredictions(one, horizonBars, seed), scorePredictions(two, horizonBars, seed)];
  return {
    rows: pairs.length,
    fromMs: a.fromMs,
    throughMs: a.throughMs,
    accuracy: [a.accuracy, b.accuracy],
    logLoss: [a.logLoss, b.logLoss],
    brier: [a.brier, b.brier],
    gain,
    better: gain === null ? "neither" : gain.low > 0 ? "second" : gain.high < 0 ? "first" : "neither",
  };
}

function part(judged: Judged, rows: readonly number[]): Judged {
  const pick = (of: ArrayLike<number>) => Float64Array.from(rows, (row) => of[row]!);
  return {
    closeTimeMs: pick(judged.closeTimeMs),
    probability: pick(judged.probability),
    outcome: Float32Array.from(rows, (row) => judged.outcome[row]!),
    weights: Float32Array.from(rows, (row) => judged.weights[row]!),
    persistence: Uint8Array.from(rows, (row) => judged.persistence[row]!),
    conformal: pick(judged.conformal),
  };
}

function lossOf({ probability, outcome }: Judged, row: number): number {
  const p = outcome[row] === 1 ? probability[row]! : 1 - probability[row]!;
  return -Math.log(Math.max(1e-12, p));
}
