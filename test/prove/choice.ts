import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import { dayMs, hourMs } from "../../src/base/time.ts";
import { sliceBars } from "../../src/domain/bars.ts";
import { regimeLabels } from "../../src/domain/regime.ts";
import { metaStrategy } from "../../src/ports/strategy.ts";
import { arsenalOf } from "../../src/selection/arsenal.ts";
import { buyAndHold } from "../../src/strategies/buy-and-hold.ts";
import { meanReversion } from "../../src/strategies/mean-reversion.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { plantedMarket } from "../regime-harness.ts";

// Whether the choice hangs on the first day of the data, where there is something to choose: the same market, begun some
// days later, must be told and traded the same once both runs are warm.

/** The detector is trained, and the shadows are measured, on what comes before. */
export const startRow = 4_000;

/** Holds, fades or follows, in the regimes that `plantedMarket` has; `options` are those of the selector. */
export function plantedChoiceBy(options: Readonly<Record<string, number>>) {
  return metaStrategy({
    name: "planted-choice",
    summary: "Holds, fades or follows.",
    params: {},
    plan: () => ({
      arsenal: [
        { strategy: buyAndHold },
        { strategy: meanReversion, params: { short: true, stopAtr: 0 } },
        { strategy: smaCross, params: { short: true, fast: 10, slow: 40 } },
      ],
      regime: { use: "hmm" },
      selector: { use: "regime-performance", ...options },
      windowBars: 500,
      measuredBarsMin: 250,
    }),
  });
}

/** As it is by default. */
export const plantedChoice = plantedChoiceBy({});

/** Hourly bars without a calendar, sold short as well as bought. */
export const plantedConfig = runConfigSchema.parse({
  account: { kind: "margin" },
  instruments: { "*": { calendar: "24/7" } },
});

/** A market of regimes that strategies live from; without any where `isUniform`. */
export function choiceMarket(seed: number, bars: number, isUniform = false) {
  return plantedMarket({ seed, bars, drift: 0.25, pull: 0.15, deviation: 0.006, isUniform });
}

type Run = {
  /** By row of the whole market; -2 where nothing was decided. */
  readonly choices: Int8Array;
  readonly labels: Int8Array;
  /** Log growth from the start row to the end: of the choice, and of the best strategy alone, in hindsight. */
  readonly growth: number;
  readonly bestAlone: number;
};

function runFrom(market: ReturnType<typeof choiceMarket>, days: number): Run {
  const { length } = market.bars;
  const first = (days * dayMs) / hourMs;
  const { session } = runBacktest({
    bars: [sliceBars(market.bars, first, length)],
    strategy: plantedChoice,
    params: {},
    config: plantedConfig,
  });
  const { log, candidates } = arsenalOf(session)!.runners[0]!;
  const [choices, labels] = [new Int8Array(length).fill(-2), new Int8Array(length).fill(-2)];
  for (let k = 0; k < log.length; k++) {
    const row = log.timeMs[k]! / hourMs - 1;
    choices[row] = log.strategy[k]!;
    labels[row] = log.label[k]!;
  }
  const growthOf = (equity: Float64Array) =>
    Math.log(equity[length - first - 1]! / equity[startRow - first - 1]!);
  const alone = candidates.map(({ shadow }) => growthOf(shadow.session.recorder.log.equity));
  const growth = growthOf(session.recorder.log.equity);
  return { choices, labels, growth, bestAlone: Math.max(...alone) };
}

function agreement(one: Int8Array, other: Int8Array): number {
  let same = 0;
  for (let row = startRow; row < one.length; row++) if (one[row] === other[row]) same += 1;
  return same / (one.length - startRow);
}

function changesIn(values: ArrayLike<number | string>): number {
  let count = 0;
  for (let row = startRow + 1; row < values.length; row++) if (values[row] !== values[row - 1]) count += 1;
  return count;
}

/** What one market shows. */
export type ChoiceFigures = {
  readonly seed: number;
  readonly growth: number;
  readonly bestAlone: number;
  /** Changes of the label over those of the truth, and changes of the choice. */
  readonly changes: number;
  readonly switches: number;
  /** Share of the bars of the planted regime that is told right on the fewest. */
  readonly leastRecall: number;
  readonly shifts: readonly {
    readonly days: number;
    readonly sameChoice: number;
    readonly sameLabel: number;
    readonly growth: number;
  }[];
};

/** Runs a planted market from its first bar and from some days later. */
export function measureChoice(seed: number, bars: number, shiftDays: readonly number[]): ChoiceFigures {
  const market = choiceMarket(seed, bars);
  const whole = runFrom(market, 0);
  const recalls = [...new Set(market.truth.slice(startRow))].map((name) => {
    let [all, right] = [0, 0];
    for (let row = startRow; row < bars; row++) {
      if (market.truth[row] !== name) continue;
      all += 1;
      if (regimeLabels[whole.labels[row]!] === name) right += 1;
    }
    return right / all;
  });
  return {
    seed,
    growth: whole.growth,
    bestAlone: whole.bestAlone,
    changes: changesIn(whole.labels) / changesIn(market.truth),
    switches: changesIn(whole.choices),
    leastRecall: Math.min(...recalls),
    shifts: shiftDays.map((days) => {
      const later = runFrom(market, days);
      return {
        days,
        sameChoice: agreement(whole.choices, later.choices),
        sameLabel: agreement(whole.labels, later.labels),
        growth: later.growth,
      };
    }),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The full size, for docs/proofs.md: 20 markets from seed `first` on. Throws where a figure misses what was promised. */
export function prove(first = "1"): string {
  const seeds = Array.from({ length: 20 }, (_, k) => Number(first) + k);
  const shiftDays = [1, 3, 10, 30];
  const all = seeds.map((seed) => measureChoice(seed, 12_000, shiftDays));
  const share = (values: readonly number[]) =>
    `${(100 * mean(values)).toFixed(1)} %, ${(100 * Math.min(...values)).toFixed(1)} %`;
  const rows = shiftDays.map((days, k) => {
    const shifts = all.map(({ shifts: of }) => of[k]!);
    const apart = shifts.map(({ growth }, at) => Math.abs(growth - all[at]!.growth));
    return `| ${days} | ${share(shifts.map((one) => one.sameLabel))} | ${share(shifts.map((one) => one.sameChoice))} | ${mean(apart).toFixed(2)}, ${Math.max(...apart).toFixed(2)} |`;
  });
  const won = all.filter(({ growth, bestAlone }) => growth > bestAlone).length;
  const changes = all.map((one) => one.changes);
  const text = [
    "| days later | same regime: mean, least | same choice: mean, least | log growth apart: mean, most |",
    "|---|---|---|---|",
    ...rows,
    "",
    `Above the best alone in hindsight: ${won} of ${seeds.length}. Mean log growth ${mean(all.map((one) => one.growth)).toFixed(2)} ` +
      `(best alone ${mean(all.map((one) => one.bestAlone)).toFixed(2)}). Switches ${mean(all.map((one) => one.switches)).toFixed(0)}. ` +
      `Changes of label to those planted: ${Math.min(...changes).toFixed(2)} to ${Math.max(...changes).toFixed(2)}. ` +
      `Recall of the worst regime: mean, least ${share(all.map((one) => one.leastRecall))}.`,
  ].join("\n");
  const isKept = all.every(({ shifts }) =>
    shifts.every((one) => one.sameChoice >= 0.9 && one.sameLabel >= 0.9),
  );
  if (!isKept) throw new Error(`missed: less than nine of ten\n${text}`);
  return text;
}
