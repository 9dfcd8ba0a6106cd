import { clamp, roundToStep } from "../../base/numbers.ts";
import type { Prng } from "../../base/prng.ts";
import type { BarField, Bars } from "../../domain/bars.ts";
import type { BarTimes } from "./bar-times.ts";
import { drawPath, type BarShape } from "./intrabar-path.ts";
import type { MarketFactor } from "./market-factor.ts";
import type { RegimeSpec } from "./regime-path.ts";
import { studentScale } from "./student-scale.ts";

/** How the symbols of a market move. */
export type SymbolModel = {
  readonly regimes: readonly RegimeSpec[];
  /** Standard deviation of a day's log return, in the long run and over all regimes. */
  readonly dayDeviation: number;
  /** Root mean square of the regimes' volatilities. */
  readonly regimeRms: number;
  /** Share of the variance outside jumps that comes from the common factor. */
  readonly factorShare: number;
  /** Expected jumps in a day's worth of variance. */
  readonly jumpsPerDay: number;
  readonly edge: number;
  readonly edgeLookbackBars: number;
  readonly startPrice: number;
  readonly tickSize: number;
};

/** The bars of one symbol, and the truth behind them. */
type SymbolColumns = {
  readonly bars: Pick<Bars, "closeTimeMs" | BarField>;
  readonly volatility: Float64Array;
  readonly direction: Int8Array;
};

/** Share of the variance that comes from jumps. */
export const jumpShare = 0.1;
const jumpChanceMax = 0.02;
const volumePerDay = 1_000_000;
/** Beyond this factor above or below the start price, the price turns back: ticks must stay small against prices. */
const bandLog = Math.log(20);

/** Makes the bars of one symbol. Bar n depends on the draws of bars 0 to n only. */
export function symbolBars(
  model: SymbolModel,
  times: BarTimes,
  factor: MarketFactor,
  regime: Uint8Array,
  prng: Prng,
): SymbolColumns {
  const writer = new SymbolWriter(model, times, factor, regime, prng);
  for (let row = 0; row < regime.length; row++) writer.write(row);
  return writer.columns;
}

/** Carries the price from bar to bar. */
class SymbolWriter {
  readonly columns: SymbolColumns;
  private readonly model: SymbolModel;
  private readonly times: BarTimes;
  private readonly factor: MarketFactor;
  private readonly regime: Uint8Array;
  private readonly prng: Prng;
  private readonly shape: BarShape = { high: 0, low: 0, close: 0 };
  private readonly marketLoading: number;
  private readonly ownLoading: number;
  /** Logarithm of the price before rounding, over the start price: rounding errors never add up. */
  private position = 0;
  /** Where the present regime began. */
  private anchor = 0;

  constructor(model: SymbolModel, times: BarTimes, factor: MarketFactor, regime: Uint8Array, prng: Prng) {
    this.model = model;
    this.times = times;
    this.factor = factor;
    this.regime = regime;
    this.prng = prng;
    this.columns = emptyColumns(times.closeTimeMs);
    this.marketLoading = Math.sqrt(model.factorShare);
    this.ownLoading = Math.sqrt(1 - model.factorShare);
  }

  write(row: number): void {
    const { factor, model, prng, regime } = this;
    if (row > 0 && regime[row] !== regime[row - 1]) this.anchor = this.position;
    const spec = model.regimes[regime[row]!]!;
    const days = this.times.deviationDays[row]!;
    const activity = (spec.volatility / model.regimeRms) * factor.volatility[row]!;
    const deviation = model.dayDeviation * days * activity;
    const diffusion = deviation * Math.sqrt(1 - jumpShare);
    const ownScale = studentScale(prng);
    const shock = this.marketLoading * factor.shock[row]! + this.ownLoading * ownScale * prng.normal();
    const move = this.expectedMove(row, spec, deviation) + diffusion * shock;
    const jump = this.drawJump(days, deviation);
    // Given the scales the shock is normal: gap and path are pieces of one Brownian motion that ends at `move`.
    const spread =
      diffusion * Math.hypot(this.marketLoading * factor.scale[row]!, this.ownLoading * ownScale);
    this.writePrices(row, move, spread, jump);
    this.columns.volatility[row] = deviation;
    const size = Math.abs(move + jump) / deviation;
    this.columns.bars.volume[row] = this.drawVolume(days, activity, size);
    this.position += move + jump;
  }

  /** The mean of the bar's log return, and a note of the direction that the edge pushes. */
  private expectedMove(row: number, spec: RegimeSpec, deviation: number): number {
    const { edge, edgeLookbackBars } = this.model;
    const { close } = this.columns.bars;
    // From published closes: everybody can compute the direction a bar ahead.
    const from = row - 1 - edgeLookbackBars;
    const direction = from < 0 ? 0 : Math.sign(close[row - 1]! - close[from]!);
    this.columns.direction[row] = direction;
    const beyond = this.position - clamp(this.position, -bandLog, bandLog);
    const back = spec.pull * (this.anchor - this.position) - 0.01 * beyond;
    // Minus half the variance: without drift the price itself, not its logarithm, is expected to stay.
    return (spec.drift + edge * direction - deviation / 2) * deviation + back;
  }

  private drawJump(days: number, deviation: number): number {
    const chance = Math.min(jumpChanceMax, this.model.jumpsPerDay * days * days);
    if (this.prng.next() >= chance) return 0;
    return deviation * Math.sqrt(jumpShare / chance) * this.prng.normal();
  }

  private writePrices(row: number, move: number, spread: number, jump: number): void {
    const { prng, shape } = this;
    const { open, high, low, close } = this.columns.bars;
    const gapShare = this.times.gapShare[row]!;
    const gapSpread = spread * Math.sqrt(gapShare * (1 - gapShare));
    const gap = gapShare === 0 ? 0 : gapShare * move + gapSpread * prng.normal();
    drawPath(move - gap, spread * Math.sqrt(1 - gapShare), jump, prng, shape);
    const openAt = this.position + gap;
    open[row] = this.priceAt(openAt);
    high[row] = this.priceAt(openAt + shape.high);
    low[row] = this.priceAt(openAt + shape.low);
    close[row] = this.priceAt(openAt + shape.close);
  }

  private priceAt(position: number): number {
    const { startPrice, tickSize } = this.model;
    return Math.max(tickSize, roundToStep(startPrice * Math.exp(position), tickSize));
  }

  private drawVolume(days: number, activity: number, size: number): number {
    const mood = 0.5 + this.prng.next();
    return Math.max(1, Math.round(volumePerDay * days * days * activity * mood * (0.5 + 0.6 * size)));
  }
}

function emptyColumns(closeTimeMs: Float64Array): SymbolColumns {
  const column = (): Float64Array => new Float64Array(closeTimeMs.length);
  return {
    bars: { closeTimeMs, open: column(), high: column(), low: column(), close: column(), volume: column() },
    volatility: column(),
    direction: new Int8Array(closeTimeMs.length),
  };
}
