import type { ReportInput } from "../report-input.ts";

/** What is needed to value a holding at any moment of a run. */
export type Valuation = Pick<ReportInput, "bars" | "instruments" | "conversions">;

/** The last closes at a moment that only ever moves forward. */
export class LastPrices {
  private readonly input: Valuation;
  /** Row of the last bar known, by instrument. */
  private readonly row: Int32Array;

  constructor(input: Valuation) {
    this.input = input;
    this.row = new Int32Array(input.instruments.length);
  }

  /** The last close, or the first one where there is none yet; NaN without bars. */
  priceAt(instrument: number, timeMs: number): number {
    const { closeTimeMs, close, length } = this.input.bars[instrument]!;
    let row = this.row[instrument]!;
    while (row + 1 < length && closeTimeMs[row + 1]! <= timeMs) row += 1;
    this.row[instrument] = row;
    return close[row] ?? Number.NaN;
  }

  /** Base currency per unit of an instrument's quote currency. */
  rateAt(instrument: number, timeMs: number): number {
    const conversion = this.input.conversions[instrument]!;
    if (conversion.kind === "fixed") return conversion.rate;
    const price = this.priceAt(conversion.index, timeMs);
    return conversion.isInverse ? 1 / price : price;
  }

  /** Base currency per unit of an instrument and of its price. */
  unitAt(instrument: number, timeMs: number): number {
    return this.input.instruments[instrument]!.contractMultiplier * this.rateAt(instrument, timeMs);
  }
}
