import { prediction } from "../domain/external-series.ts";
import { bool, float, int, text } from "../domain/params.ts";
import { calibrationDrift } from "../learning/judge/calibration-drift.ts";
import { shrunkenKelly } from "../learning/judge/shrunken-kelly.ts";
import { realizedVolatility } from "../indicators/realized-volatility.ts";
import { strategy } from "../ports/strategy.ts";

/** Bars that tell how large a usual move is. */
const moveBars = 100;

/** What the last predictions promised, and what came: sums over the last outcomes that are known. */
type Outcomes = { promised: number[]; came: number[]; next: number };

/**
 * Does what a model of direction says, as far as it is sure. The share of equity is a part of Kelly's for even odds, by the end of
 * the model's range that is nearer to one half, over the size of a usual move: the growth-optimal share is edge over variance
 * (Kelly 1956; shrinking as in Baker and McHale 2013). While outcomes contradict the model's probabilities, the share is zero.
 */
export const followPredictions = strategy({
  name: "follow-predictions",
  summary:
    "Holds what a trained model expects, sized by how sure it is; nothing while its calibration has drifted.",
  params: {
    model: text("direction", "name of the model, as in kiwi model list"),
    horizonBars: int(0, { min: 0, max: 1000 }, "bars that the model looks ahead; 0 = as it says itself"),
    kelly: float(0.25, { min: 0.01, max: 1, step: 0.01 }, "part of Kelly's share that is held"),
    edgeMin: float(
      0.01,
      { min: 0, max: 0.4, step: 0.005 },
      "distance of the sure end from one half to enter",
    ),
    short: bool(false, "hold short where the model expects a fall"),
    driftBars: int(500, { min: 50, max: 20_000 }, "outcomes that calibration is watched over"),
    driftLimit: float(
      3,
      { min: 1, max: 10, step: 0.5 },
      "standard errors of the mean at which it has drifted",
    ),
  },
  setup({ bars, p }) {
    const { probability, low, high, horizon } = prediction(p.model);
    return {
      probability,
      low,
      high,
      horizon,
      close: bars.close,
      usual: realizedVolatility(bars.close, moveBars),
    };
  },
  memory: (): Outcomes => ({ promised: [], came: [], next: 0 }),
  onBar({ series, p, memory, position, target }) {
    const horizonBars = p.horizonBars || series.horizon.now;
    if (!(horizonBars > 0)) return;
    const { probability, close } = series;
    watch(memory, p.driftBars, probability.ago(horizonBars), close.now, close.ago(horizonBars));
    const [low, high, middle] = [series.low.now, series.high.now, series.probability.now];
    if (Number.isNaN(low) || Number.isNaN(high)) return;
    const drift = { overlapBars: horizonBars, deviationsMax: p.driftLimit };
    if (calibrationDrift(memory.promised, memory.came, drift).hasDrifted) {
      if (position.quantity !== 0) target(0, "outcomes contradict the model's probabilities");
      return;
    }
    const move = series.usual.now * Math.sqrt(horizonBars);
    const bet = { low, high, move, kelly: p.kelly, calibrationError: 0, cost: 0 };
    const share = Math.max(-1, Math.min(1, shrunkenKelly(bet)));
    if (low > 0.5 + p.edgeMin) return target(share, `the model is sure of at least ${low.toFixed(3)} up`);
    if (high < 0.5 - p.edgeMin)
      return target(p.short ? share : 0, `the model is sure of at most ${high.toFixed(3)} up`);
    const isAgainst = position.quantity > 0 ? middle < 0.5 : middle > 0.5;
    if (position.quantity !== 0 && isAgainst) target(0, "the model no longer expects it");
  },
});

/** Remembers a promise whose outcome is known now. */
function watch(memory: Outcomes, size: number, promised: number, now: number, then: number): void {
  if (Number.isNaN(promised) || now === then) return;
  memory.promised[memory.next] = promised;
  memory.came[memory.next] = now > then ? 1 : 0;
  memory.next = (memory.next + 1) % size;
}
