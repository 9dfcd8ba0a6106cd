import type { Bars } from "../domain/bars.ts";
import type { Next } from "../domain/indicator.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { float, int, text } from "../domain/params.ts";
import { realizedVolatilityIndicator } from "../indicators/realized-volatility.ts";
import { calibrationDrift, excessCalibrationError } from "../learning/judge/calibration-drift.ts";
import { shrunkenKelly } from "../learning/judge/shrunken-kelly.ts";
import { definePlugin } from "../ports/plugin.ts";
import type { PredictionReader } from "../ports/model.ts";

/** Bars that tell how large a usual move is. */
const moveBars = 100;
const silent: PredictionReader = { now: () => Number.NaN };

/** Why a signal got nothing: rows of the funnel. */
const reasons = {
  silent: "confidence: the model says nothing about this bar",
  drifted: "confidence: outcomes contradict the model's probabilities",
  unsure: "confidence: the model is not sure enough to pay the costs",
  against: "confidence: the model is sure of the opposite",
} as const;

/**
 * Sizes a strategy's signals by what a model is sure of. A position is sized when a signal is given; one that is held is asked for
 * no costs again.
 */
export const confidence = definePlugin({
  kind: "sizer",
  name: "confidence",
  summary:
    "Holds a part of Kelly's share by the lower end of what a model believes; nothing while it is unsure or its calibration has drifted.",
  options: {
    model: text("direction", "name of the model, as in kiwi model list"),
    kelly: float(0.25, { min: 0, max: 1, step: 0.01 }, "part of Kelly's share that is held, at weight 1"),
    shareMax: float(
      1,
      { min: 0, max: 10 },
      "largest position of all symbols together, in multiples of equity",
    ),
    driftBars: int(500, { min: 50, max: 20_000 }, "outcomes that calibration is watched over"),
    driftLimit: float(3, { min: 1, max: 10, step: 0.5 }, "standard errors at which it has drifted"),
  },
  predictions: ({ model }) => [{ model, outputs: ["high", "horizon", "low", "probability"] }],
  create({ model, kelly, shareMax, driftBars, driftLimit }, { market, predictions }) {
    const said = predictions?.(model) ?? silent;
    const refusals = new Map<string, number>();
    const refuse = (reason: string): number => {
      refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
      return 0;
    };
    const watches = market.bars.map(
      (bars, index) => new OutcomeWatch(bars, index as InstrumentIndex, said, driftBars),
    );
    return {
      refusals,
      observe({ count, instruments, rows }) {
        for (let k = 0; k < count; k++) watches[instruments[k]!]!.add(rows[k]!);
      },
      weigh({ weight, instrument }, { portfolio, costRate }) {
        const { promised, came, horizonBars, usual } = watches[instrument]!;
        const [low, high] = [said.now(instrument, "low"), said.now(instrument, "high")];
        if ([low, high, horizonBars].some(Number.isNaN)) return refuse(reasons.silent);
        const drift = { overlapBars: horizonBars, deviationsMax: driftLimit };
        if (calibrationDrift(promised, came, drift).hasDrifted) return refuse(reasons.drifted);
        const isHeld = Math.sign(portfolio.position(instrument).quantity) === Math.sign(weight);
        const share = shrunkenKelly({
          low,
          high,
          calibrationError: excessCalibrationError(promised, came, horizonBars),
          move: usual * Math.sqrt(horizonBars),
          cost: isHeld ? 0 : 2 * costRate,
          kelly,
        });
        if (share === 0) return refuse(reasons.unsure);
        if (Math.sign(share) !== Math.sign(weight)) return refuse(reasons.against);
        return (weight * Math.min(shareMax, Math.abs(share))) / market.instruments.length;
      },
    };
  },
});

/** What was promised about one symbol and what came of it: the last outcomes that are known. */
class OutcomeWatch {
  readonly promised: number[] = [];
  readonly came: number[] = [];
  horizonBars = Number.NaN;
  /** Deviation of the log returns of the last bars. */
  usual = Number.NaN;
  private readonly bars: Bars;
  private readonly instrument: InstrumentIndex;
  private readonly said: PredictionReader;
  private readonly size: number;
  private readonly volatility: Next;
  /** By row of the bars; a row that was never seen has none. */
  private readonly chances: number[] = [];
  private next = 0;

  constructor(bars: Bars, instrument: InstrumentIndex, said: PredictionReader, size: number) {
    this.bars = bars;
    this.instrument = instrument;
    this.said = said;
    this.size = size;
    this.volatility = realizedVolatilityIndicator.create(
      { length: moveBars, periodsPerYear: 1 },
      new Float64Array(1),
    );
  }

  add(row: number): void {
    const { bars, said, instrument } = this;
    const now = bars.close[row]!;
    if (!Number.isNaN(now)) this.usual = this.volatility(now, 0, 0, 0, 0);
    this.horizonBars = said.now(instrument, "horizon");
    this.chances[row] = said.now(instrument, "probability");
    const call = row - this.horizonBars;
    const chance = this.chances[call];
    const then = bars.close[call];
    if (chance === undefined || then === undefined || Number.isNaN(chance) || !(now !== then)) return;
    this.promised[this.next] = chance;
    this.came[this.next] = now > then ? 1 : 0;
    this.next = (this.next + 1) % this.size;
  }
}
