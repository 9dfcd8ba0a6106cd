import { formatTime } from "../../base/time.ts";
import type { Estimate } from "../../domain/predictor-artifact.ts";
import { wilson } from "../../learning/judge/recalibrate.ts";
import { brierScore } from "../statistics/calibration.ts";
import type { Judged } from "./score-predictions.ts";

/** How predictions of one year, or of one state of the market, did. */
export type ForecastGroup = {
  readonly name: string;
  readonly rows: number;
  /** With its 95 % interval, overlapping outcomes counted once. */
  readonly accuracy: Estimate;
  /** Share of the more frequent outcome of the group. */
  readonly baseRate: number;
  readonly brier: number;
  /** Mean probability less the share of rises: above zero it was too hopeful. */
  readonly bias: number;
};

const deviations = 1.96;

/** The same predictions by calendar year (UTC), and by what the market had been doing when they were made. */
export function forecastGroups(
  judged: Judged,
  states: readonly string[],
): { readonly years: readonly ForecastGroup[]; readonly regimes: readonly ForecastGroup[] } {
  const { closeTimeMs } = judged;
  return {
    years: groupsOf(judged, (row) => formatTime(closeTimeMs[row]!).slice(0, 4)),
    regimes: groupsOf(judged, (row) => states[row]!),
  };
}

function groupsOf(judged: Judged, nameOf: (row: number) => string): readonly ForecastGroup[] {
  const rowsOf = new Map<string, number[]>();
  for (const row of judged.outcome.keys()) {
    const name = nameOf(row);
    const known = rowsOf.get(name);
    if (known === undefined) rowsOf.set(name, [row]);
    else known.push(row);
  }
  return [...rowsOf].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, rows]) => groupOf(judged, name, rows));
}

function groupOf(
  { probability, outcome, weights }: Judged,
  name: string,
  rows: readonly number[],
): ForecastGroup {
  let [right, ups, effective, promised] = [0, 0, 0, 0];
  for (const row of rows) {
    right += Number(probability[row]! > 0.5 === (outcome[row] === 1));
    ups += outcome[row]!;
    effective += weights[row]!;
    promised += probability[row]!;
  }
  const count = rows.length;
  return {
    name,
    rows: count,
    accuracy: { value: right / count, ...wilson(right / count, effective, deviations) },
    baseRate: Math.max(ups, count - ups) / count,
    brier: brierScore(
      Float64Array.from(rows, (row) => probability[row]!),
      rows.map((row) => outcome[row]!),
    )!,
    bias: (promised - ups) / count,
  };
}
