import type { Bars, BarField } from "../domain/bars.ts";
import type { Timeframe } from "../domain/timeframe.ts";

type Column = "closeTimeMs" | BarField;

/**
 * The bars of a table up to a moment: what a plug-in may look at. Rows from `length` on are not there; the bound moves on
 * with the run.
 */
export class BarsUntil implements Bars {
  length = 0;
  private readonly whole: Bars;
  private readonly seen: Partial<Record<Column, Float64Array>> = {};

  constructor(whole: Bars) {
    this.whole = whole;
  }

  /** Moves the bound to before row `end`. Returns itself. */
  until(end: number): this {
    this.length = end;
    return this;
  }

  get symbol(): string {
    return this.whole.symbol;
  }

  get timeframe(): Timeframe {
    return this.whole.timeframe;
  }

  get calendarName(): string | undefined {
    return this.whole.calendarName;
  }

  get closeTimeMs(): Float64Array {
    return this.column("closeTimeMs");
  }

  get open(): Float64Array {
    return this.column("open");
  }

  get high(): Float64Array {
    return this.column("high");
  }

  get low(): Float64Array {
    return this.column("low");
  }

  get close(): Float64Array {
    return this.column("close");
  }

  get volume(): Float64Array {
    return this.column("volume");
  }

  /** One value of a row before the bound; NaN at it and after. */
  valueAt(field: BarField, row: number): number {
    return row < this.length ? this.whole[field][row]! : Number.NaN;
  }

  private column(name: Column): Float64Array {
    const values = this.whole[name];
    const seen = this.seen[name];
    // A live table has other arrays after it has grown.
    if (seen !== undefined && seen.length === this.length && seen.buffer === values.buffer) return seen;
    return (this.seen[name] = values.subarray(0, this.length));
  }
}
