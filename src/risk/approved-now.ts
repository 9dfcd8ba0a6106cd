import type { InstrumentIndex } from "../domain/instrument.ts";

/**
 * What a rule has let through at the present instant, by instrument. Orders of many symbols are judged one after the
 * other before any of them can show in the account: without this each would be judged as if it were alone.
 */
export class ApprovedNow {
  private timeMs = Number.NaN;
  private readonly values = new Map<InstrumentIndex, number>();

  /** Notes the value that an instrument has after its order. Approvals of an earlier instant are forgotten. */
  note(timeMs: number, instrument: InstrumentIndex, value: number): void {
    this.forgetBefore(timeMs);
    this.values.set(instrument, value);
  }

  /** The values noted at this instant. */
  at(timeMs: number): ReadonlyMap<InstrumentIndex, number> {
    this.forgetBefore(timeMs);
    return this.values;
  }

  private forgetBefore(timeMs: number): void {
    if (timeMs !== this.timeMs) this.values.clear();
    this.timeMs = timeMs;
  }
}
